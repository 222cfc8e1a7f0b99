import pytest

from crm.customers.masking import mask_contact, mask_email, mask_msisdn, mask_recipient


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("+6281200004471", "+62 812-••••-4471"),
        ("+6591234567", "+65 •••• 4567"),
        ("188", "•••"),
        ("", ""),
    ],
)
def test_a_number_keeps_its_last_four(number: str, masked: str) -> None:
    assert mask_msisdn(number) == masked


@pytest.mark.parametrize(
    ("email", "masked"),
    [("rina@example.com", "r•••@example.com"), ("rina.maharani@example.com", "r•••@example.com"), ("", "•••@")],
)
def test_a_masked_address_says_nothing_about_its_length(email: str, masked: str) -> None:
    assert mask_email(email) == masked


@pytest.mark.parametrize(
    ("kind", "value", "masked"),
    [
        ("msisdn", "+6281200004471", "+62 812-••••-4471"),
        ("email", "rina@example.com", "r•••@example.com"),
        ("handle", "rinamhrn", "@rinamhrn"),
        ("post", "Jl. Merpati 3\nBandung 40115", "Bandung 40115"),
        ("post", "Jl. Merpati 3", "•••"),
    ],
)
def test_every_kind_of_contact_has_its_mask_and_a_handle_is_public(kind: str, value: str, masked: str) -> None:
    assert mask_contact(kind, value) == masked


@pytest.mark.parametrize(
    ("recipient", "masked"),
    [
        ("rina@example.com", "r•••@example.com"),
        ("+6281200004471", "+62 812-••••-4471"),
        ("Jl. Merpati 3\nBandung 40115", "Bandung 40115"),
        ("@rinamhrn", "@rinamhrn"),
    ],
)
def test_what_a_message_goes_to_is_masked_by_its_look(recipient: str, masked: str) -> None:
    assert mask_recipient(recipient) == masked
