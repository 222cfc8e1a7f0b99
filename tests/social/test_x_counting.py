"""How long a text is to X (docs.x.com, Counting characters)."""

import pytest

from crm.messaging import channels
from crm.messaging.actions import queue_message
from crm.messaging.errors import TooLong
from tests.people import a_customer


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("Halo Kak", 8),
        ("é", 1),
        ("e\N{COMBINING ACUTE ACCENT}", 1),
        ("日本語", 6),
        ("한국", 4),
        ("😷", 2),
        ("👨‍👩‍👧‍👦", 2),
        ("🇮🇩", 2),
        ("👍🏽", 2),
        ("“Kak” – oke…", 13),
        ("https://sapa.co.id/" + "a" * 200, 23),
        ("http://a.id", 23),
        ("cek telkomsel.com ya", 30),
        ("sudah.Makasih", 13),
        ("tulis ke care@sapa.com", 22),
        ("@sapa_care #keluhan", 19),
    ],
)
def test_a_text_is_as_long_as_x_says(text: str, length: int) -> None:
    assert channels.get("x").measure(text) == length


@pytest.mark.django_db
@pytest.mark.parametrize(("is_public", "most"), [(True, 280), (False, 10_000)])
def test_a_longer_text_is_refused_before_it_is_promised(is_public: bool, most: int) -> None:
    given = {
        "interaction": None, "customer": a_customer(), "channel": "x", "recipient": "rina", "by": None,
        "send_at": None, "key": "k", "is_public": is_public,
    }  # fmt: skip
    with pytest.raises(TooLong, match=str(most)):
        queue_message(**given, body="a" * (most + 1))
    with pytest.raises(TooLong):
        queue_message(**given, body="語" * (most // 2) + "a")


def test_a_long_link_leaves_room_for_words() -> None:
    x = channels.get("x")
    text = "a" * 256 + " https://sapa.co.id/" + "b" * 100
    assert x.measure(text) == x.limit(is_public=True)
