"""What a case looks like from outside: plain dicts, from few columns. A ModelSerializer costs a hot list two thirds."""

import datetime as dt
import re
from typing import Any

from django.db.models import F
from django.db.models.functions import Now

from crm.api.names import Names, names
from crm.cases.models import Case, Category, Escalation, SlaClock
from crm.cases.queries import CaseQuerySet
from crm.customers.masking import mask_contact
from crm.customers.models import ContactPoint
from crm.staff.models import Division, Team, User
from crm.timeline.models import Interaction

Row = dict[str, Any]
OWN_ID = re.compile(r"^client-\d+:")  # two clients may give the same id: theirs are kept apart by this

ABOUT = (
    "number",
    "kind",
    "state",
    "waiting_for",
    "priority",
    "subject",
    "preview",
    "place",
    "tags",
    "channel",
    "party",
)
TIMES = ("opened_at", "due_at", "due_kind", "settled_at", "outcome", "version")
KEYS = ("id", "customer_id", "tier", "category_id", "team_id", "division_id", "assignee_id")
COLUMNS = (*KEYS, *ABOUT, *TIMES)
# `now` is the database's clock, read with the row: nobody's idea of now differs.
EXPRESSIONS = {"now": Now(), "customer_name": F("customer__name")}
DETAIL = ("account", "conversation", "waiting_since", "waiting_until", "reopened", "settlement", "closed_at")
LINKED = {"category_id": Category, "team_id": Team, "division_id": Division, "assignee_id": User}


def case_rows(rows: list[Row]) -> list[Row]:
    linked = {key: names(model, (row[key] for row in rows)) for key, model in LINKED.items()}
    return [_case_row(row, linked) for row in rows]


def case_row(row: Row) -> Row:
    return case_rows([row])[0]


def _case_row(row: Row, linked: dict[str, Names]) -> Row:
    return {
        **{name: row[name] for name in ABOUT},
        "category": _code(linked["category_id"], row["category_id"]),
        "customer": {"id": row["customer_id"], "name": row["customer_name"], "tier": row["tier"]},
        "team": _code(linked["team_id"], row["team_id"]),
        "assignee": person(*linked["assignee_id"].get(row["assignee_id"], (None, None))),
        "division": _code(linked["division_id"], row["division_id"]),
        **{name: row[name] for name in TIMES},
        **time_left(row["due_at"], row["now"]),
    }


def _code(known: Names, pk: int | None) -> str | None:
    return None if pk is None else known[pk][0]


def person(number: str | None, name: str | None) -> Row | None:
    return None if name is None else {"staff_number": number, "name": name}


def time_left(due_at: dt.datetime | None, now: dt.datetime) -> Row:
    """Judged when it is read: late is late, whether or not the sweep has been by."""
    left = None if due_at is None else int((due_at - now).total_seconds())
    return {"remaining_seconds": left, "overdue": due_at is not None and due_at < now}


def case_detail(row: Row) -> Row:
    """The case with its clocks, contacts and escalations: five queries more."""
    return case_row(row) | {
        **{name: row[name] for name in DETAIL},
        "contacts": contacts(row["customer_id"]),
        "clocks": clocks(row["id"], row["now"]),
        "escalations": escalations(row["id"]),
        "interactions": [
            interaction_row(one) for one in reversed(interactions(row["id"]).order_by("-at", "-id")[:SHOWN])
        ],
    }


SHOWN = 100  # newest contacts in a detail; all of them have a list of their own


def contacts(customer_id: int) -> list[Row]:
    points = ContactPoint.objects.filter(customer=customer_id).order_by("id")
    return [
        {
            "kind": point.kind,
            "network": point.network,
            "value": mask_contact(point.kind, point.display or point.value),
            "verified": point.verified_at is not None,
        }
        for point in points
    ]


CLOCK = ("kind", "turn", "started_at", "due_at", "paused_at", "stopped_at", "verdict")


def clocks(case_id: int, now: dt.datetime) -> list[Row]:
    found = SlaClock.objects.filter(case=case_id).order_by("id").values(*CLOCK)
    return [row | _clock_left(row, now) for row in found]


def _clock_left(row: Row, now: dt.datetime) -> Row:
    if row["stopped_at"]:
        return {"remaining_seconds": None, "overdue": False}
    return time_left(row["due_at"], row["paused_at"] or now)


ESCALATION = ("id", "party", "at", "accepted_at", "ended_at")


def escalations(case_id: int) -> list[Row]:
    """Reasons are internal and stay inside."""
    rows = Escalation.objects.filter(case=case_id).order_by("id").values(*ESCALATION, code=F("division__code"))
    return [{name: row[name] for name in ESCALATION} | {"division": row["code"]} for row in rows]


CONTACT = ("id", "direction", "channel", "is_public", "by_person", "subject", "text", "at", "external_id")


def interactions(case_id: int) -> Any:
    rows = Interaction.objects.filter(in_case__case=case_id)
    names = {"staff_number": F("staff__staff_number"), "staff_name": F("staff__name")}
    return rows.values(*CONTACT, "voided_at", **names)


def interaction_row(row: Row) -> Row:
    shown = {name: row[name] for name in CONTACT}
    said = {"staff": person(row["staff_number"], row["staff_name"]), "voided": row["voided_at"] is not None}
    return shown | said | {"external_id": OWN_ID.sub("", row["external_id"])}


def full_row(case: Case) -> Row:
    """The columns of a detail, fresh from the database."""
    return full_rows(Case.objects.filter(pk=case.pk))[0]


def row_of_new(case: Case) -> Row:
    """The columns of a case just opened, without asking again: it holds what was written, defaults included."""
    row = {name: getattr(case, name) for name in (*COLUMNS, *DETAIL)}
    return row | {"now": case.locked_at, "customer_name": case.customer.name}  # type: ignore[attr-defined]


def full_rows(cases: CaseQuerySet) -> Any:
    return cases.values(*COLUMNS, *DETAIL, **EXPRESSIONS)
