"""Pictures and films in what X sends. Pure."""

from typing import NamedTuple

from social.networks.x.loose import Json, dict_in, dicts_in, list_in, text_in


class Medium(NamedTuple):
    """`url` is empty when X did not say where it lies."""

    external_id: str
    url: str


def media(payload: Json, envelope: Json) -> list[Medium]:
    keys = [text_in(key) for key in list_in(dict_in(payload.get("attachments")).get("media_keys"))]
    beside = {text_in(one.get("media_key")): one for one in dicts_in(dict_in(envelope.get("includes")).get("media"))}
    return [Medium(key, _address(beside.get(key, {}))) for key in keys]


def media_v1(data: Json) -> list[Medium]:
    medium = dict_in(dict_in(data.get("attachment")).get("media"))
    if not medium:
        return []
    variants = dict_in(medium.get("video_info")) or medium
    url = _film(variants) or text_in(medium.get("media_url_https"))
    return [Medium(text_in(medium.get("id_str") or medium.get("id")), url)]


def _address(medium: Json) -> str:
    """The film itself, else the picture, else the film's first frame; empty when X told none."""
    return _film(medium) or text_in(medium.get("url")) or text_in(medium.get("preview_image_url"))


def _film(medium: Json) -> str:
    """The smallest of the MP4 files: it is looked at once, beside a text."""
    films = [one for one in dicts_in(medium.get("variants")) if one.get("content_type") == "video/mp4"]
    smallest = min(films, key=lambda one: one.get("bit_rate") or one.get("bitrate") or 0, default={})
    return text_in(smallest.get("url"))
