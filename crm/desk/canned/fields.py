"""Fields in braces: which a text holds, what is known of them, and the text with the known ones filled in. Pure but for
the two reads in `known_of`.

A field is a short name in braces, `{name}` or `{tanggal kunjungan}`. static/js/fields.js finds the same; both are held
to tests/js/fields.json.
"""

import datetime as dt
import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from crm.cases.models import Case
from crm.customers.models import Customer
from crm.staff.models import User

FIELD = re.compile(r"\{ ?([^\W\d_][\w ]{0,39}?) ?\}")
# What a writer may call them: each known field in both languages.
NAMES = {
    "name": "name", "nama": "name", "case": "case", "kasus": "case", "agent": "agent", "agen": "agent",
    "product": "product", "produk": "product", "promise": "promise", "janji": "promise",
    "greeting": "greeting", "salam": "greeting", "city": "city", "kota": "city",
}  # fmt: skip
# From which hour on; before four it is still night.
GREETINGS = {
    "id": ((18, "Selamat malam"), (15, "Selamat sore"), (11, "Selamat siang"), (4, "Selamat pagi"),
           (0, "Selamat malam")),
    "en": ((18, "Good evening"), (12, "Good afternoon"), (4, "Good morning"), (0, "Good evening")),
}  # fmt: skip


def fields_in(text: str) -> list[str]:
    """The names that stand open in a text, each once, in the order in which they come."""
    return list(dict.fromkeys(match.group(1) for match in FIELD.finditer(text)))


def filled(text: str, known: Mapping[str, str]) -> str:
    """The text with every field whose value is known; the others stay as they are."""

    def value(match: re.Match[str]) -> str:
        return known.get(NAMES.get(match.group(1).lower(), ""), "") or match.group()

    return FIELD.sub(value, text)


def with_marks(text: str) -> SafeString:
    """The text with its open fields marked, for a preview."""
    pieces, at = [], 0
    for match in FIELD.finditer(text):
        pieces += [conditional_escape(text[at : match.start()]), format_html("<mark>{}</mark>", match.group())]
        at = match.end()
    pieces.append(conditional_escape(text[at:]))
    return mark_safe("".join(pieces))  # every piece is escaped above


def known_of(case: Case, agent: User, *, language: str, at: dt.datetime) -> dict[str, str]:
    """What the fields mean in this case, in the reply's language; what is not known is left out. Two queries."""
    here = at.astimezone(ZoneInfo(case.customer.time_zone))
    found = {
        "name": called(case.customer),
        "case": f"#{case.number}",
        "agent": agent.get_short_name(),
        "product": product_of(case.customer),
        "promise": promise_of(case, here, language=language),
        "greeting": greeting(here.hour, language=language),
        "city": case.customer.city,
    }
    return {name: value for name, value in found.items() if value}


def called(customer: Customer) -> str:
    """As one speaks to them: the honorific they chose and their first name, a company by its whole name."""
    if not customer.name or customer.kind == Customer.Kind.COMPANY:
        return customer.name
    words = [word for word in customer.name.split() if word.lower().strip(".") != customer.honorific.lower()]
    return f"{customer.honorific} {words[0] if words else customer.name}".strip()


def product_of(customer: Customer) -> str:
    """What they have, where that is one thing only: a guess among several would be sent unread."""
    names = set(customer.subscriptions.held().values_list("product_id", flat=True)[:5])
    return names.pop() if len(names) == 1 else ""


def promise_of(case: Case, here: dt.datetime, *, language: str) -> str:
    """When the nearest promise is to be kept, by the customer's clock: "15.05 WIB", on another day with its name."""
    due = case.promises.due(here).values_list("due_at", flat=True).first()
    if due is None:
        return ""
    due = due.astimezone(here.tzinfo)
    with translation.override(language):
        day = "" if due.date() == here.date() else date_format(due, "l j F") + " "
    return f"{day}{due:%H.%M} {due.tzname()}" if language == "id" else f"{day}{due:%H:%M} {due.tzname()}"


def greeting(hour: int, *, language: str) -> str:
    """By the customer's clock."""
    said = GREETINGS.get(language, GREETINGS["en"])
    return next(words for begins, words in said if hour >= begins)
