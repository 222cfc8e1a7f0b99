"""The kinds of cells: what makes one wrong, and its value, as SQL over the staged text. Pure."""

import re
from dataclasses import dataclass

LARGEST = 2_000_000_000  # rupiah in one amount, minutes or megabytes in one month
DATES = {
    "YYYY-MM-DD": r"^\d{4}-\d{1,2}-\d{1,2}$",
    "YYYY/MM/DD": r"^\d{4}/\d{1,2}/\d{1,2}$",
    "YYYYMMDD": r"^\d{8}$",
    "DD/MM/YYYY": r"^\d{1,2}/\d{1,2}/\d{4}$",
    "MM/DD/YYYY": r"^\d{1,2}/\d{1,2}/\d{4}$",
    "DD-MM-YYYY": r"^\d{1,2}-\d{1,2}-\d{4}$",
    "DD.MM.YYYY": r"^\d{1,2}\.\d{1,2}\.\d{4}$",
    "YYYY-MM": r"^\d{4}-\d{2}$",
    "YYYYMM": r"^\d{6}$",
    "MM/YYYY": r"^\d{2}/\d{4}$",
}
NUMBER = r"^(\+62|0062|62|0)[2-9]\d{6,12}$"
FOREIGN = r"^\+[1-9]\d{7,14}$"
NIK = r"^\d{16}$"
COUNT = r"^\d{1,7}$"
PUNCTUATION, NATIONAL = r"[\s().-]", r"^(0062|62|0)"
UNREADABLE = "?"
AMOUNTS = {"rupiah", "credit", "money"}
EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"


@dataclass(frozen=True)
class Writing:
    """How this file writes what can be written in several ways."""

    decimal: str = "."
    thousands: str = ""
    factor: int = 1
    dates: tuple[str, ...] = ("YYYY-MM-DD",)


@dataclass(frozen=True)
class Field:
    name: str
    kind: str  # text, line, number, month, day, past_day, rupiah, credit, money, quantity, count, choice, nik, email
    required: bool = False
    longest: int = 60
    choices: tuple[str, ...] = ()


def column_type(field: Field) -> str:
    types = {"quantity": "numeric", "count": "int", "month": "date", "day": "date", "past_day": "date"}
    return types.get(field.kind, "bigint" if field.kind in {"rupiah", "credit", "money"} else "text")


def quoted(text: str) -> str:
    """A literal of SQL: statements here are sent without parameters."""
    return "'" + text.replace("'", "''") + "'"


def meant(field: Field, x: str, writing: Writing) -> str:
    """SQL: text `x` in our own way of writing, `UNREADABLE` where it is in none that the mapping names.

    Judged once and kept: what follows looks at short text without another search.
    """
    if field.kind in AMOUNTS or field.kind == "quantity":
        whole = field.kind in AMOUNTS and writing.factor == 1
        return f"CASE WHEN {x} ~ {quoted(_pattern(writing, whole=whole))} THEN {_plain(x, writing)} {_else(x)}"
    if field.kind in {"day", "past_day", "month"}:
        return f"CASE {' '.join(_dated(x, name) for name in writing.dates)} {_else(x)}"
    if field.kind == "number":
        ours = f"WHEN {_bare(x)} ~ {quoted(NUMBER)} THEN {_number(x)}"
        return f"CASE {ours} WHEN {_bare(x)} ~ {quoted(FOREIGN)} THEN {_bare(x)} {_else(x)}"
    return x


def wrong(field: Field, x: str, writing: Writing) -> str:
    """SQL: the reason why `x`, as `meant` gave it, cannot be taken, or NULL."""
    reasons = "".join(f" WHEN {condition} THEN {quoted(reason)}" for condition, reason in _tests(field, x, writing))
    missing = quoted("empty") if field.required else "NULL"
    return f"CASE WHEN {x} IS NULL THEN {missing}{reasons} END"


def value(field: Field, x: str, writing: Writing) -> str:
    """SQL: what `x` is, once nothing is wrong with it."""
    values = {
        "rupiah": f"({x}::numeric * {writing.factor})::bigint",
        "quantity": f"round({x}::numeric, 2)",
        "count": f"({x})::int",
        "day": f"({x})::date",
        "month": f"date_trunc('month', ({x})::date)::date",
        "email": f"lower({x})",
    }
    alike = {"credit": "rupiah", "money": "rupiah", "past_day": "day"}
    return values.get(alike.get(field.kind, field.kind), x)


def _tests(field: Field, x: str, writing: Writing) -> list[tuple[str, str]]:
    if field.kind in AMOUNTS:
        return _amount_tests(field, x, writing)
    if field.kind in {"day", "past_day", "month"}:
        return _date_tests(field, x)
    unreadable = f"{x} = {quoted(UNREADABLE)}"
    tests = {
        "quantity": [(unreadable, "amount"), (f"{x}::numeric < 0", "negative"), (f"{x}::numeric > 99999999", "range")],
        "count": [(f"{x} !~ {quoted(COUNT)}", "count")],
        "choice": [(f"{x} NOT IN ({', '.join(map(quoted, field.choices))})", "choice")],
        "nik": [(f"{x} !~ {quoted(NIK)}", "nik")],
        "email": [(f"{x} !~ {quoted(EMAIL)} OR length({x}) > 254", "email")],
        "number": [(unreadable, "msisdn")],
    }
    return tests.get(field.kind, [(f"length({x}) > {field.longest}", "too_long")])


def _amount_tests(field: Field, x: str, writing: Writing) -> list[tuple[str, str]]:
    scaled = f"{x}::numeric * {writing.factor}"
    tests = [
        (f"{x} = {quoted(UNREADABLE)}", "amount"),
        (f"{scaled} <> trunc({scaled})", "fraction"),
        (f"abs({scaled}) > {LARGEST}", "range"),
    ]
    if field.kind == "money":
        tests.append((f"{x}::numeric <= 0", "positive"))
    elif field.kind == "rupiah":
        tests.append((f"{x}::numeric < 0", "negative"))
    return tests


def _date_tests(field: Field, x: str) -> list[tuple[str, str]]:
    tests = [
        (f"NOT pg_input_is_valid({x}, 'date')", "date"),
        (f"({x})::date NOT BETWEEN '1900-01-01' AND '2199-12-31'", "date_range"),
    ]
    if field.kind in {"month", "past_day"}:
        tests.append((f"({x})::date > current_date + 1", "future"))
    return tests


def _pattern(writing: Writing, *, whole: bool) -> str:
    """Without capturing: that would cost several times as much. In whole rupiah, three digits behind the decimal mark
    are thousands that the mapping knows nothing of: 1.000 is a thousand or one, and nobody is billed one."""
    mark = re.escape(writing.thousands)
    before = r"(?:\d{1,3}(?:" + mark + r"\d{3})+|\d{1,15})" if mark else r"\d{1,15}"
    behind = r"(?:\d{1,2}|\d{4,6})" if whole else r"\d{1,6}"
    return "^-?" + before + "(?:" + re.escape(writing.decimal) + behind + ")?$"


def _plain(x: str, writing: Writing) -> str:
    bare = f"replace({x}, {quoted(writing.thousands)}, '')" if writing.thousands else x
    return bare if writing.decimal == "." else f"replace({bare}, {quoted(writing.decimal)}, '.')"


def _dated(x: str, name: str) -> str:
    """WHEN it looks like `name` THEN year, month and day in our order."""
    mark = next((one for one in "/-." if one in name), "")
    if not mark:
        places = {"Y": f"substr({x}, 1, 4)", "M": f"substr({x}, 5, 2)", "D": f"substr({x}, 7, 2)"}
    else:
        parts = [part[0] for part in name.split(mark)]
        places = {part: f"split_part({x}, {quoted(mark)}, {at})" for at, part in enumerate(parts, start=1)}
    iso = " || '-' || ".join(places.get(part, "'01'") for part in "YMD")
    return f"WHEN {x} ~ {quoted(DATES[name])} THEN {iso}"


def _bare(x: str) -> str:
    return f"translate({x}, ' ().-', '')"


def _else(x: str) -> str:
    return f"WHEN {x} IS NOT NULL THEN {quoted(UNREADABLE)} END"


def _number(x: str) -> str:
    return f"regexp_replace({_bare(x)}, {quoted(NATIONAL)}, '+62')"
