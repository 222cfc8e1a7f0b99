import pytest

from crm.lib.msisdn import BadNumber, grouped, normalise


@pytest.mark.parametrize(
    "written",
    [
        "081200004471",
        "0812-0000-4471",
        "0812 0000 4471",
        "6281200004471",
        "62 812 0000 4471",
        "+62 812-0000-4471",
        "(0812) 0000.4471",
        "0062 812 0000 4471",
        " 81200004471 ",
    ],
)
def test_one_number_however_it_is_written_is_kept_once(written: str) -> None:
    assert normalise(written) == "+6281200004471"


def test_a_foreign_number_needs_its_country_code() -> None:
    assert normalise("+65 9123 4567") == "+6591234567"


def test_a_landline_is_a_number_too() -> None:
    assert normalise("021 555 1234") == "+62215551234"


@pytest.mark.parametrize("written", ["", "188", "08", "abc", "0812", "+62", "99999999999999999999", "1234567"])
def test_what_is_no_number_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(BadNumber, match="0812 3456 7890"):
        normalise(written)


def test_a_number_is_read_aloud_in_groups() -> None:
    assert grouped("+6281200004471") == "+62 812-0000-4471"
    assert grouped("no number") == "no number"
