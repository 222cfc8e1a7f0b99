"""What the number of a paper says and how it is written: NIK, KK, passport, KITAS, NPWP. Pure.

A NIK carries the birth date and sex that held when it was given; it is never given anew when they are corrected. So a
NIK that disagrees is a warning, and no reason to refuse it.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from stdnum.exceptions import ValidationError
from stdnum.id import nik, npwp

from crm.customers.errors import BadPaper
from crm.customers.masking import DOT

WOMAN = 40  # is added to the day of birth
SHOWN = 4
# Indonesian passports: a letter or two and digits; others write theirs otherwise.
PASSPORT = re.compile(r"[A-Z0-9]{6,12}")
KITAS = re.compile(r"[A-Z0-9]{8,16}")
BIRTH, SEX, PLACE, CHECK = "birth_date", "sex", "place", "check_digit"


@dataclass(frozen=True)
class Paper:
    """A number in the form it is kept in, and what is doubtful about it by itself: codes."""

    kind: str
    number: str
    doubts: tuple[str, ...] = ()

    @property
    def masked(self) -> str:
        return mask(self.number)


def read_paper(kind: str, text: str) -> Paper:
    """Raises BadPaper when it cannot be the number of such a paper."""
    number = re.sub(r"[\s.\-/]", "", text).upper()
    return READERS[kind](number)


def _nik(number: str) -> Paper:
    if not re.fullmatch(r"\d{16}", number) or _born(number) is None:
        raise BadPaper(_("A NIK has 16 digits, with a birth date in the middle."))
    return Paper("nik", number, () if nik.is_valid(number) else (PLACE,))


def _kk(number: str) -> Paper:
    if not re.fullmatch(r"\d{16}", number):
        raise BadPaper(_("A KK number has 16 digits."))
    return Paper("kk", number)


def _npwp(number: str) -> Paper:
    if not re.fullmatch(r"\d{15,16}", number):
        raise BadPaper(_("An NPWP has 15 digits, since 2024 16."))
    try:
        npwp.validate(number)
    except ValidationError:
        return Paper("npwp", number, (CHECK,))
    return Paper("npwp", number)


def _passport(number: str) -> Paper:
    if not PASSPORT.fullmatch(number):
        raise BadPaper(_("A passport number has 6 to 12 letters and digits."))
    return Paper("passport", number)


def _kitas(number: str) -> Paper:
    if not KITAS.fullmatch(number):
        raise BadPaper(_("A KITAS number has 8 to 16 letters and digits."))
    return Paper("kitas", number)


READERS: dict[str, Callable[[str], Paper]] = {
    "nik": _nik, "kk": _kk, "passport": _passport, "kitas": _kitas, "npwp": _npwp,
}  # fmt: skip


def doubts(paper: Paper, *, birth_date: dt.date | None, sex: str) -> list[str]:
    """Codes of what is doubtful, also beside what the record says; empty fields of the record say nothing."""
    found = list(paper.doubts)
    if paper.kind == "nik":
        day, month, year, woman = _said(paper.number)
        if birth_date and (birth_date.day, birth_date.month, birth_date.year % 100) != (day, month, year):
            found.append(BIRTH)
        if sex and (sex == "female") != woman:
            found.append(SEX)
    return found


def _said(number: str) -> tuple[int, int, int, bool]:
    day, month, year = int(number[6:8]), int(number[8:10]), int(number[10:12])
    return day % WOMAN, month, year, day > WOMAN


def _born(number: str) -> dt.date | None:
    """In one of the two centuries it can mean."""
    day, month, year, _woman = _said(number)
    for century in (1900, 2000):
        try:
            return dt.date(century + year, month, day)
        except ValueError:
            continue
    return None


def mask(number: str) -> str:
    """'3273014101900007' -> '3273 •••• •••• 0007'; of a short number only the end."""
    if len(number) >= 15:
        return f"{number[:SHOWN]} {DOT * 4} {DOT * 4} {number[-SHOWN:]}"
    return DOT * 4 + number[-3:]
