import pytest

from crm.customers.masking import mask_contact, mask_email, mask_identity, mask_msisdn


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


def test_an_identity_number_keeps_both_ends() -> None:
    assert mask_identity("3273010101900008") == "3273 •••• •••• 0008"


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
