"""The figures as the command prints them: minutes and percents with one decimal, null where nothing was measured."""

from typing import Any

from crm.reports.sla.totals import Figures


def as_json(figures: Figures) -> dict[str, Any]:
    return {
        "answered": figures["answered"],
        "median_minutes": _minutes(figures.median()),
        "p90_minutes": _minutes(figures.p90()),
        "within_15_percent": _percent(figures.share("in_time", "answered")),
        "addressed": _addressed(figures),
        "cases": figures["cases"],
        "unanswered": figures["due_unanswered"],
        "total": figures["due"],
        "within_15_of_due_percent": _percent(figures.share("due_in_time", "due")),
        "settled": _settled(figures),
        "breached": {
            "cases": figures["breached"],
            "reply": figures["breached_reply"],
            "settlement": figures["breached_settle"],
        },
        "cancelled": figures["cancelled"],
        "rejected": figures["rejected"],
    }


def _addressed(figures: Figures) -> dict[str, Any]:
    """`unanswered` and `total` count what is due, as the last share does."""
    return {
        "answered": figures["addressed_answered"],
        "median_minutes": _minutes(figures.median("addressed_reply")),
        "within_15_percent": _percent(figures.share("addressed_in_time", "addressed_answered")),
        "unanswered": figures["addressed_due_unanswered"],
        "total": figures["addressed_due"],
        "within_15_of_due_percent": _percent(figures.share("addressed_due_in_time", "addressed_due")),
        "p90_minutes": _minutes(figures.p90("addressed_reply")),
    }


def _settled(figures: Figures) -> dict[str, Any]:
    return {
        "cases": figures["settled"],
        "median_hours": _hours(figures.median("settle")),
        "p90_hours": _hours(figures.p90("settle")),
        "within_72_hours_percent": _percent(figures.share("settled_in_time", "settled")),
        "within_72_hours_of_due_percent": _percent(figures.share("settle_due_in_time", "settle_due")),
    }


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / 60, 1)


def _hours(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / 3600, 1)


def _percent(share: float | None) -> float | None:
    return None if share is None else round(share, 1)
