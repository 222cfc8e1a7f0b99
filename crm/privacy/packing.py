"""All that is held on a person and who processed it, as a ZIP: data.json for machines, data.html, data.pdf to read."""

import datetime as dt
import io
import json
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone, translation

from crm.cases.models import Case
from crm.customers import holdings
from crm.customers.holdings import Person
from crm.customers.models import Customer
from crm.events.models import Event
from crm.privacy import pdf, plain
from crm.staff.models import User

STYLE = (
    "body{font:15px/1.5 sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;margin-bottom:2rem}th,td{border:1px solid #aaa;padding:.3rem .6rem;"
    "text-align:start;vertical-align:top;overflow-wrap:anywhere}h2{margin-top:3rem}"
)


def pack(customer: Customer, *, now: dt.datetime) -> bytes:
    """In the customer's language. Also what was joined into the record."""
    person = holdings.person_of(customer)
    told: dict[str, Any] = {
        "made_at": now.isoformat(),
        "held": holdings.describe(person),
        "processed": processed(person),
    }
    with translation.override(customer.language[:2]), timezone.override(ZoneInfo(customer.time_zone)):
        tables = plain.tables(told)
        page = render_to_string("privacy/file.html", {"tables": tables, "lead": pdf.lead(now)})
        paper = pdf.draw(tables, now=now)
    box = io.BytesIO()
    with ZipFile(box, "w", ZIP_DEFLATED) as packed:
        packed.writestr("data.json", json.dumps(told, ensure_ascii=False, indent=1, default=str))
        packed.writestr("data.html", page)
        packed.writestr("style.css", STYLE)
        packed.writestr("data.pdf", paper)
    return box.getvalue()


def processed(person: Person) -> list[dict[str, Any]]:
    """Who looked, revealed and changed, and when: on the record and on each of its cases, oldest first."""
    cases = Case.objects.filter(customer__in=person.ids).values_list("pk", flat=True)
    about = Q(subject_type="customer", subject_id__in=person.ids) | Q(subject_type="case", subject_id__in=list(cases))
    events = list(Event.objects.filter(about).order_by("at", "pk").values("at", "kind", "actor_id"))
    names = dict(User.objects.filter(pk__in={one["actor_id"] for one in events} - {None}).values_list("pk", "name"))
    return [
        {"at": one["at"].isoformat(), "what": one["kind"], "by": names.get(one["actor_id"], "system")} for one in events
    ]
