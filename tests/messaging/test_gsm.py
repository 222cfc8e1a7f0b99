"""How many short messages a text takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.messaging.channels.gsm import BASIC, EXTENDED, size_of


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", ("gsm", 0, 0, 160)),
        ("Halo", ("gsm", 4, 1, 156)),
        ("a" * 160, ("gsm", 160, 1, 0)),
        ("a" * 161, ("gsm", 161, 2, 145)),
        ("a" * 306, ("gsm", 306, 2, 0)),
        ("€" * 80, ("gsm", 160, 1, 0)),
        ("a" * 152 + "€" + "b" * 10, ("gsm", 164, 2, 141)),
        ("ç", ("ucs2", 1, 1, 69)),
        ("é", ("gsm", 1, 1, 159)),
        ("‘halo’" + "a" * 64, ("ucs2", 70, 1, 0)),
        ("😀" * 35, ("ucs2", 70, 1, 0)),
        ("😀" * 36, ("ucs2", 72, 2, 62)),
        ("ع" * 134, ("ucs2", 134, 2, 0)),
    ],
)
def test_a_text_is_counted_as_the_network_counts_it(text: str, size: tuple) -> None:
    assert size_of(text) == size


def test_both_alphabets_together_are_those_of_the_standard() -> None:
    assert (len(BASIC), len(EXTENDED)) == (127, 9)  # 128 less the escape; 10 less the form feed
    assert not BASIC & EXTENDED


@given(st.text())
def test_what_is_left_is_what_more_fits(text: str) -> None:
    size = size_of(text)
    filler = "a" if size.encoding == "gsm" else "ع"
    messages = max(1, size.messages)
    assert size_of(text + filler * size.left).messages == messages
    assert size_of(text + filler * (size.left + 1)).messages > messages
