"""What X sends, read: whole texts, whoever is named, films, and shapes that nobody foresaw."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social.echoes import says_the_same
from social.networks.x import cursor, reading
from social.networks.x.loose import Unreadable
from social.networks.x.mediums import media, media_v1
from social.networks.x.privates import private

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["id", "text", "author_id", "entities", "mentions", "urls", "media", "users", "tweets", "type", "attachments",
         "media_keys", "message_create", "target", "event_type", "participant_ids", "direct_message_events"]
    ), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def test_a_text_is_read_whole_with_its_links_in_full() -> None:
    payload = {
        "text": "halo &lt;3 https://t.co/abc",
        "entities": {"urls": [{"url": "https://t.co/abc", "expanded_url": "https://sapa.co.id/cek"}]},
    }
    assert reading.plain(payload) == "halo <3 https://sapa.co.id/cek"


def test_a_long_post_is_read_to_its_end() -> None:
    payload = {"text": "awal…", "note_tweet": {"text": "awal dan akhir", "entities": {}}}
    assert reading.plain(payload) == "awal dan akhir"


def test_the_link_to_an_own_picture_stays_short() -> None:
    short = {"url": "https://t.co/pic", "expanded_url": "https://x.com/a/status/1/photo/1", "media_key": "3_1"}
    assert reading.plain({"text": "lihat https://t.co/pic", "entities": {"urls": [short]}}) == "lihat https://t.co/pic"


def test_of_a_film_the_smallest_file_is_taken() -> None:
    variants = [
        {"content_type": "application/x-mpegURL", "url": "https://video.twimg.com/a.m3u8"},
        {"content_type": "video/mp4", "bit_rate": 900, "url": "https://video.twimg.com/large.mp4"},
        {"content_type": "video/mp4", "bit_rate": 300, "url": "https://video.twimg.com/small.mp4"},
    ]
    beside = {"includes": {"media": [{"media_key": "7_1", "type": "video", "variants": variants}]}}
    assert media({"attachments": {"media_keys": ["7_1"]}}, beside)[0].url == "https://video.twimg.com/small.mp4"


def test_a_film_in_a_message_is_read_too() -> None:
    film = {"content_type": "video/mp4", "bitrate": 1, "url": "https://video.twimg.com/dm.mp4"}
    medium = {"id_str": "9", "media_url_https": "https://ton.twitter.com/1.jpg", "video_info": {"variants": [film]}}
    assert media_v1({"attachment": {"type": "media", "media": medium}}) == [("9", "https://video.twimg.com/dm.mp4")]


def test_a_message_to_a_group_is_none_of_ours() -> None:
    event = {"event_type": "MessageCreate", "id": "1", "sender_id": "2", "participant_ids": ["1", "2", "3"]}
    assert list(private({"payload": event})) == []


@given(ANYTHING)
def test_no_shape_of_a_payload_breaks_the_reader(payload: object) -> None:
    envelope = {"payload": payload, "includes": payload, "event_type": payload}
    handle_of = {"42": "rina", "": "rina"}
    for read in (lambda: reading.post(envelope, us="7", handle_of=handle_of), lambda: list(private(envelope))):
        with suppress(Unreadable):
            read()
    reading.people(envelope)
    reading.ids_in(envelope)


@pytest.mark.parametrize(
    ("theirs", "same"),
    [
        ("Kami cek ya Kak", True),
        ("@rina @budi Kami cek ya Kak", True),
        ("Kami cek ya Kak https://t.co/pic", True),
        ("Kami  cek ya\nKak", True),
        ("Kami cek ya", False),
        ("Kami cek ya Kak Rina", False),
    ],
)
def test_our_words_are_known_again_in_xs_clothes(theirs: str, same: bool) -> None:
    assert says_the_same("Kami cek ya Kak", theirs) is same


def test_a_link_of_ours_is_known_again_shortened() -> None:
    assert says_the_same("Buka https://sapa.co.id/cek ya", "Buka https://t.co/x ya")


@pytest.mark.parametrize("written", ["", "garbage", "[]", '{"mentions": []}', '{"wait": 3}'])
def test_a_position_that_nobody_can_read_begins_anew(written: str) -> None:
    class Somewhere:
        cursor = written

    assert cursor.position(Somewhere(), "mentions") is None  # type: ignore[arg-type]
    assert cursor.is_due(Somewhere(), "mentions")  # type: ignore[arg-type]
