"""A clock drawn as a bar: its warnings as ticks, its last part amber. Lengths in percent of the whole."""

from dataclasses import dataclass

from crm.cases.foresight.terms import Terms
from crm.lib.display import spoken


@dataclass(frozen=True)
class Tick:
    percent: int
    at: str


@dataclass(frozen=True)
class Bar:
    start: str
    width: str
    marks: list[Tick]
    whole: str


def bars(terms: Terms) -> tuple[Bar | None, Bar | None]:
    """Of the two promises that hold for everything else; None where there is no such clock."""
    reply, settle = terms.targets.get(("", None, "", ""), (None, None))
    return (
        bar(reply, terms.fields["response_risk_seconds"], terms.fields["warn_percents"]),
        bar(settle, terms.fields["resolution_risk_seconds"], terms.fields["warn_percents"]),
    )


def bar(seconds: int | None, risk: int, percents: list[int]) -> Bar | None:
    if not seconds:
        return None
    width = min(100.0, 100 * risk / seconds)
    ticks = [Tick(percent, spoken(seconds * percent / 100)) for percent in percents]
    return Bar(f"{100 - width:.2f}", f"{width:.2f}", ticks, spoken(seconds))
