"""Finds personal data in a text that is about to be public (SOP 6). Pure: text in, kinds and places out.

Meant to stop slips, not disguises: what a hurried agent pastes is found in any usual grouping; prices, dates,
hashtags, handles, links, case numbers, short codes and the service desks' own addresses are left alone.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from crm.customers.numbers import NIK_LENGTH, is_card, is_mobile, looks_like_nik


class Found(NamedTuple):
    """One piece of personal data: `kind` is msisdn, nik, email, card or link; text[start:end] is it."""

    kind: str
    start: int
    end: int


class Group(NamedTuple):
    """One run of digits: numbers are written in several."""

    digits: str
    start: int
    end: int


EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]+(?:@|\s?[\[(]\s?at\s?[\])]\s?)(?:[a-z0-9-]+\.)+[a-z]{2,}", re.IGNORECASE)
# A desk's address is published on purpose and belongs to no person.
DESK = re.compile(
    r"(?:cs|care|customer[._-]?(?:care|service)|info|support|help(?:desk)?|admin|contact|kontak|layanan|pengaduan"
    r"|corporate|no-?reply)[@\s\[(]",
    re.IGNORECASE,
)
# The key to one customer's case (crm/web): whoever reads it in public opens that page.
STATUS_LINK = re.compile(r"(?:https?://)?[^\s<>\"/]*/status/[\w-]{20,}\.[\w-]{40,}/?")
# What holds digits and says nothing about a person. A link to wa.me is a number all the same.
INNOCENT = re.compile(
    r"""(?:https?://|www\.)(?!(?:api\.whatsapp|wa)\.|t\.me/\+)[^\s<>"]+           # a link
    | (?<!\w)[@#](?!\+?(?:62|0)8)[\w-]+                          # a handle, a hashtag, a case number
    | (?<!\w)(?:rp|idr|usd|\$)\.?\s?\d[\d.,]*                    # a price
    | (?<![\d.-])(?:0?[1-9]|[12]\d|3[01])([-/.])(?:0?[1-9]|1[0-2])\1(?:19|20)\d\d(?![.-]?\d)  # 08-12-2024
    | (?<![\d.-])(?:19|20)\d\d([-/.])(?:0?[1-9]|1[0-2])\2(?:0?[1-9]|[12]\d|3[01])(?![.-]?\d)  # 2024-12-08
    | (?<![\d.-])(?:[01]?\d|2[0-4])[.:][0-5]\d(?:\s?[-–]\s?(?:[01]?\d|2[0-4])[.:][0-5]\d)?(?![.:-]?\d)  # 08.30-21.00
    """,
    re.IGNORECASE | re.VERBOSE,
)
DIGITS = re.compile(r"\d+")
JOINT = re.compile(r"[\s().\u2010-\u2015\u200b-\u200f\u2060\ufeff·-]{1,3}")
# Letters that may touch a number: 'WA0812…' is one, 'TRX0812…' is an order.
LABELLED = re.compile(r"(?:^|[\W\d_])(?:wa|hp|telp?|tlp|nomor|nope|no|sms|call|nik|ktp|ph)$", re.IGNORECASE)
MOST_DIGITS = 19


def find(text: str) -> list[Found]:
    """All personal data in `text`, from left to right, no two overlapping."""
    plain = _with_plain_digits(text)
    addresses = [match for match in EMAIL.finditer(plain) if not DESK.match(match.group())]
    emails = [Found("email", *match.span()) for match in addresses]
    links = [Found("link", *match.span()) for match in STATUS_LINK.finditer(plain)]
    rest = INNOCENT.sub(_blank, EMAIL.sub(_blank, plain))
    return sorted([*emails, *links, *_numbers(rest)], key=lambda found: found.start)


def hidden(text: str) -> str:
    """The text with every digit and letter of its personal data but the last four blotted out."""
    for found in reversed(find(text)):
        secret = text[found.start : found.end]
        kept = re.sub(r"\w", "•", secret[:-4]) + secret[-4:]
        text = text[: found.start] + kept + text[found.end :]
    return text


def _with_plain_digits(text: str) -> str:
    """Full-width and other scripts' digits as 0–9, every place kept."""
    return "".join(str(unicodedata.decimal(letter, letter)) for letter in text)


def _blank(match: re.Match[str]) -> str:
    return "\0" * len(match.group())


def _numbers(text: str) -> Iterator[Found]:
    groups = [Group(match.group(), *match.span()) for match in DIGITS.finditer(text)]
    at = 0
    while at < len(groups):
        kind, length = _longest(text, groups, at)
        if kind:
            yield Found(kind, groups[at].start, groups[at + length - 1].end)
        at += length


def _longest(text: str, groups: list[Group], at: int) -> tuple[str, int]:
    """The kind of the longest number that begins with group `at`, and its groups; ('', 1) when it is none."""
    before = text[: groups[at].start]
    best = ("", 1)
    if before[-1:].isalpha() and not LABELLED.search(before[-8:]):
        return best
    digits = ""
    for end in range(at, len(groups)):
        if end > at and not JOINT.fullmatch(text, groups[end - 1].end, groups[end].start):
            break
        digits += groups[end].digits
        if len(digits) > MOST_DIGITS:
            break
        kind = _kind(digits, international=before.endswith("+"), in_one=end == at)
        best = (kind, end - at + 1) if kind else best
    return best


def _kind(digits: str, *, international: bool, in_one: bool) -> str:
    if is_mobile(digits, international=international):
        return "msisdn"
    if looks_like_nik(digits):
        return "nik"
    if is_card(digits):
        return "card"
    return "nik" if in_one and len(digits) == NIK_LENGTH else ""
