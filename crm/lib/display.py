"""How figures and times read on a page. Numbers are grouped the Indonesian way in both languages (interface.md)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

MINUTE, HOUR, DAY = 60, 3_600, 86_400
SECONDS_SHOWN_UNTIL = 4 * HOUR
WITHOUT_MINUTES_FROM = 24 * HOUR
DAYS_SHOWN_FROM = 100 * HOUR

Number = int | float | Decimal


class Units(NamedTuple):
    """Short ones stand in chips and rows, words in reports. 'h' would read as hour for hari, so days are 'hr'."""

    day: str
    hour: str
    second: str
    minute: str
    hour_word: str
    now: str


UNITS = {"en": Units("d", "h", "s", "min", "h", "now"), "id": Units("hr", "j", "dtk", "mnt", "jam", "baru")}


def units() -> Units:
    return UNITS.get((get_language() or "en")[:2], UNITS["en"])


def grouped(value: Number, decimals: int = 0) -> str:
    """1234567.5 -> '1.234.568'; with one decimal '1.234.567,5'. Halves round away from zero."""
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{rounded:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def rupiah(amount: Number) -> str:
    """1234567 -> 'Rp 1.234.567' (no-break space, so that an amount never wraps)."""
    sign = "−" if amount < 0 else ""
    return f"{sign}Rp\u00a0{grouped(max(amount, -amount))}"


def percent(share: Number) -> str:
    """96.44 -> '96,4 %'."""
    return f"{grouped(share, 1)}\u00a0%"


def countdown(seconds: float) -> str:
    """What is left on a clock, as its chips show it: '03:41', '01:03:42', '5h 32m', '1d 03h', late '−12:40'.

    static/js/countdown.js says the same; tests/js/times.json holds both to it.
    """
    whole, unit = int(abs(seconds)), units()
    sign = "−" if seconds <= -1 else ""
    if whole < HOUR:
        return f"{sign}{whole // MINUTE:02}:{whole % MINUTE:02}"
    if whole < SECONDS_SHOWN_UNTIL:
        return f"{sign}{whole // HOUR:02}:{whole % HOUR // MINUTE:02}:{whole % MINUTE:02}"
    if whole < DAY:
        return f"{sign}{whole // HOUR}{unit.hour} {whole % HOUR // MINUTE:02}m"
    return f"{sign}{whole // DAY}{unit.day} {whole % DAY // HOUR:02}{unit.hour}"


def duration(seconds: float) -> str:
    """How long something took, as reports show it: '3:12', '9 h 40', '58 h', '5 d 3 h'."""
    whole, unit = round(seconds), units()
    if whole < HOUR:
        return f"{whole // MINUTE}:{whole % MINUTE:02}"
    if whole < WITHOUT_MINUTES_FROM:
        return f"{whole // HOUR} {unit.hour_word} {whole % HOUR // MINUTE:02}"
    if whole < DAYS_SHOWN_FROM:
        return f"{whole // HOUR} {unit.hour_word}"
    return f"{whole // DAY} {unit.day} {whole % DAY // HOUR} {unit.hour_word}"


def spoken(seconds: float) -> str:
    """A length of time in a sentence: '48 s', '2 min 10 s', '3 h 5 min'; the same in static/js/countdown.js."""
    whole, unit = max(0, int(seconds)), units()
    if whole < HOUR:
        parts = ((whole // MINUTE, unit.minute), (whole % MINUTE, unit.second))
    else:
        parts = ((whole // HOUR, unit.hour_word), (whole % HOUR // MINUTE, unit.minute))
    return " ".join(f"{n} {word}" for n, word in parts if n) or f"0 {unit.second}"


def age(seconds: float) -> str:
    """How long ago, in the width of a row: 'now', '11m', '2h', '3d'."""
    whole, unit = max(0, int(seconds)), units()
    for size, name in ((DAY, unit.day), (HOUR, unit.hour), (MINUTE, "m")):
        if whole >= size:
            return f"{whole // size}{name}"
    return unit.now


def clocktime(at: datetime) -> str:
    """The reader's time of day: '15:10', in Indonesian '15.10'."""
    return timezone.localtime(at).strftime("%H.%M" if get_language() == "id" else "%H:%M")


def zone(at: datetime) -> str:
    """WIB, WITA or WIT, from the reader's zone."""
    return timezone.localtime(at).tzname() or ""


def moment(at: datetime) -> str:
    """'17 Nov 2026, 15:10 WIB'."""
    return f"{date_format(timezone.localtime(at), 'j M Y')}, {clocktime(at)} {zone(at)}"


def nearmoment(at: datetime) -> str:
    """As short as it can be understood: '15:10' today, 'Tue 15:10' within six days, else '17 Nov 15:10'."""
    day, today = timezone.localtime(at).date(), timezone.localdate()
    if day == today:
        return clocktime(at)
    form = "D" if abs((day - today).days) < 7 else "j M"
    return f"{date_format(timezone.localtime(at), form)} {clocktime(at)}"


def initials(name: str) -> str:
    """'Sari Wulandari' -> 'SW', '@tanah_abang77' -> 'T', '' -> '?'."""
    words: Sequence[str] = [w for w in name.replace("@", " ").split() if w[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()
