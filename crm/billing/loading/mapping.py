"""A mapping: the small TOML file that says which column of a file is what, and how it writes numbers and days."""

import datetime as dt
import re
import tomllib
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from crm.billing.loading.faults import FileFault
from crm.billing.loading.fields import DATES, Writing
from crm.billing.loading.sheets import SHEETS, Sheet

SHIPPED = Path(__file__).resolve().parents[1] / "mappings"
SETTINGS = {
    "kind": str, "source": str, "lines": str, "create": bool, "product": str, "postpaid": bool, "as_of": dt.date,
    "delimiter": str, "encoding": str, "decimal": str, "thousands": str, "factor": int, "dates": list,
    "report_blank": list, "columns": dict, "fixed": dict, "values": dict, "months": dict,
}  # fmt: skip
ENCODINGS = ("utf-8", "windows-1252", "iso-8859-1")
SOURCE = re.compile(r"[a-z][a-z0-9]{1,7}")
MONTH = re.compile(r"(19|20|21)\d\d-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Part:
    """What one fact of a row is made of: field name to the columns that it sums; `month` where the mapping names it."""

    columns: dict[str, tuple[str, ...]]
    month: str = ""


@dataclass(frozen=True)
class Mapping:
    kind: str
    source: str
    parts: tuple[Part, ...]
    writing: Writing
    external: bool = True  # lines are named by the other system's own ids, not by telephone numbers
    create: bool = False
    product: str = ""
    postpaid: bool = False
    as_of: dt.date | None = None
    delimiter: str = ","
    encoding: str = "utf-8"
    fixed: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    report_blank: tuple[str, ...] = ()

    @property
    def sheet(self) -> Sheet:
        return SHEETS[self.kind]

    @property
    def needed(self) -> list[str]:
        """Columns that the file must have."""
        return list(dict.fromkeys(name for part in self.parts for names in part.columns.values() for name in names))

    @property
    def named(self) -> list[str]:
        """Fields that the file says something about."""
        said = {name for part in self.parts for name in part.columns} | set(self.fixed)
        said |= {"month"} if any(part.month for part in self.parts) else set()
        return [one.name for one in self.sheet.fields if one.name in said]


def read_mapping(text: str) -> Mapping:
    """Raises FileFault that says what to change."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FileFault(_("The mapping is no TOML: %(error)s.") % {"error": error}) from None
    _check_settings(said)
    kind, source = said["kind"], said["source"]
    mapping = Mapping(
        kind=kind, source=source, parts=_parts(said), writing=_writing(said),
        external=said.get("lines", "external") == "external", create=said.get("create", False),
        product=said.get("product", ""), postpaid=said.get("postpaid", False), as_of=said.get("as_of"),
        delimiter=said.get("delimiter", ","), encoding=said.get("encoding", "utf-8"),
        fixed={name: str(one) for name, one in said.get("fixed", {}).items()},
        values={name: {str(a): str(b) for a, b in one.items()} for name, one in said.get("values", {}).items()},
        report_blank=tuple(said.get("report_blank", ())),
    )  # fmt: skip
    _check_fields(mapping)
    return mapping


def _check_settings(said: Table[str, Any]) -> None:
    for name, given in said.items():
        if name not in SETTINGS:
            raise FileFault(_("The mapping has a setting that we do not know: %(name)s.") % {"name": name})
        if not isinstance(given, SETTINGS[name]):
            raise FileFault(_("This setting of the mapping has the wrong form: %(name)s.") % {"name": name})
    rules = {
        "kind": said.get("kind") in SHEETS,
        "source": SOURCE.fullmatch(str(said.get("source", ""))) is not None,
        "lines": said.get("lines", "external") in {"external", "msisdn"},
        "encoding": said.get("encoding", "utf-8") in ENCODINGS,
        "delimiter": len(said.get("delimiter", ",")) == 1,
        "decimal": said.get("decimal", ".") in {".", ","},
        "thousands": said.get("thousands", "") in {"", ".", ",", " "}
        and said.get("thousands", "") != said.get("decimal", "."),
        "factor": 1 <= said.get("factor", 1) <= 1_000_000,
        "product": bool(said.get("product")) or not said.get("create", False) or "product" in _all_fields(said),
    }
    for name, right in rules.items():
        if not right:
            raise FileFault(_("This setting of the mapping is missing or wrong: %(name)s.") % {"name": name})


def _all_fields(said: Table[str, Any]) -> set[str]:
    return {*said.get("columns", {}), *said.get("fixed", {})}


def _writing(said: Table[str, Any]) -> Writing:
    dates = tuple(said.get("dates", ["YYYY-MM-DD"]))
    unknown = [str(one) for one in dates if one not in DATES]
    if unknown or not dates:
        raise FileFault(_("Days can be written as: %(names)s.") % {"names": ", ".join(DATES)})
    if {"DD/MM/YYYY", "MM/DD/YYYY"} <= set(dates):
        raise FileFault(_("03/04/2026 would be two days: name DD/MM/YYYY or MM/DD/YYYY, not both."))
    return Writing(said.get("decimal", "."), said.get("thousands", ""), said.get("factor", 1), dates)


def _parts(said: Table[str, Any]) -> tuple[Part, ...]:
    common = {name: _names(one) for name, one in said.get("columns", {}).items()}
    months = said.get("months", {})
    for month in months:
        if not MONTH.fullmatch(month):
            raise FileFault(_("A month of the mapping is written as 2026-10, not %(month)s.") % {"month": month})
    wide = [Part(common | {n: _names(one) for n, one in own.items()}, f"{month}-01") for month, own in months.items()]
    shapes = [{name: len(names) for name, names in part.columns.items()} for part in wide]
    if odd := next((part.month[:7] for part, shape in zip(wide, shapes, strict=True) if shape != shapes[0]), ""):
        raise FileFault(
            _("Every month of the mapping names the same fields with as many columns; %(month)s does not.")
            % {"month": odd}
        )
    return tuple(wide) or (Part(common),)


def _names(given: Any) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(map(str, given))


def _check_fields(mapping: Mapping) -> None:
    sheet = mapping.sheet
    known = {one.name for one in sheet.fields}
    named = {name for part in mapping.parts for name in part.columns} | set(mapping.fixed) | set(mapping.values)
    if unknown := sorted((named | set(mapping.report_blank)) - known):
        words = {"names": ", ".join(unknown), "known": ", ".join(sorted(known))}
        raise FileFault(_("The mapping names fields that we do not know: %(names)s. Known: %(known)s.") % words)
    missing = [one.name for one in sheet.fields if one.required and one.name not in mapping.named]
    if missing:
        raise FileFault(_("The mapping does not say where to find: %(names)s.") % {"names": ", ".join(missing)})


def shipped() -> dict[str, str]:
    """Name and text of the mappings that come with the product."""
    return {path.stem: path.read_text() for path in sorted(SHIPPED.glob("*.toml"))}
