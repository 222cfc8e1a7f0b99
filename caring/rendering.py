"""A stage's texts with their fields filled in, in the customer's own language."""

import datetime as dt
import re
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from caring.models import Task
from caring.reach import case_of
from caring.words import Way
from crm.billing.models import Bill
from crm.customers.masking import mask_msisdn
from crm.lib.display import grouped, rupiah
from crm.staff.models import User

FIELD = re.compile(r"\{(\w+)\}")
SPACES, GAP = re.compile(r"[ \t]{2,}"), re.compile(r"[ \t]+(?=[?.,;:!])")


def render(task: Task, name: str, *, by: User | None = None, language: str = "") -> str:
    """Text `name` of the task's version. What nothing is known of is left out, and the gap closed."""
    language = language or task.customer.language
    with translation.override(language):
        known = fields(task, by)
        text = task.version.text(name, language=language, prepaid=is_prepaid(task))
        filled = FIELD.sub(lambda found: known.get(found[1], ""), text)
    return GAP.sub("", SPACES.sub(" ", filled)).strip()


def is_prepaid(task: Task) -> bool:
    return task.subscription is not None and not task.subscription.postpaid


def fields(task: Task, by: User | None = None) -> dict[str, str]:
    """In the language that is active. Numbers are masked: who is written to knows their own."""
    line, facts, customer = task.subscription, task.facts, task.customer
    case = case_of(task)
    return {
        "honorific": customer.honorific,
        "name": customer.name,
        "number": mask_msisdn(line.msisdn) if line and line.msisdn.startswith("+") else "",
        "product": line.product_id if line else "",
        "agent": by.name if by else "",
        "operator": settings.OPERATOR_NAME,
        "help": settings.OPERATOR_HELP,
        "date": _day(facts.get("date")),
        "due": _day(facts.get("due")),
        "amount": rupiah(facts["amount"]) if facts.get("amount") is not None else "",
        "case": f"#{case.number}" if case else "",
        "years": str(facts.get("years", "")),
        "points": grouped(task.version.points) if task.version.points else "",
        "change": str(facts.get("change", "")),
        "visit": _day(facts.get("visit")),
    }


def bill_on_paper(task: Task) -> str:
    """The bill's own figures below a letter's text: whoever gets paper has no other page."""
    bill = Bill.objects.filter(pk=task.facts.get("bill")).first() if task.channel == Way.LETTER else None
    if bill is None:
        return ""
    with translation.override(task.customer.language):
        lines = [
            (_("Bill"), bill.number), (_("Month"), date_format(bill.month, "F Y")), (_("Charges"), rupiah(bill.net)),
            (_("VAT"), rupiah(bill.tax)), (_("To be paid"), rupiah(bill.total)),
            (_("Due on"), date_format(bill.due, "j F Y") if bill.due else ""),
        ]  # fmt: skip
        return "\n\n" + "\n".join(f"{name}: {said}" for name, said in lines if said)


def _day(value: Any) -> str:
    return date_format(dt.date.fromisoformat(value), "j F Y") if value else ""
