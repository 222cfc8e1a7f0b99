"""What was done to a record and who looked at it, newest first: events in words, never their codes."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.customers.models import ContactPoint, Customer, IdentityDocument, Purpose, Tier
from crm.customers.picture import fields_in_words
from crm.desk.customer.paging import page_back
from crm.events.models import Event
from crm.staff.access import may
from crm.staff.guard import StaffRequest
from crm.staff.models import User

SIZE = 30
LOOKS = ("customer.looked", "customer.revealed")
# kind of event: (icon, sentence). %(by)s is who did it.
WORDS: dict[str, tuple[str, Promise]] = {
    "customer.created": ("plus", gettext_lazy("The record was made")),
    "customer.looked": ("eye", gettext_lazy("%(by)s opened: %(page)s")),
    "customer.revealed": ("eye", gettext_lazy("%(by)s saw the %(contact)s in full, with a reason")),
    "customer.verified": ("shield-check", gettext_lazy("%(by)s: the %(contact)s is verified")),
    "customer.edited": ("pencil", gettext_lazy("%(by)s changed: %(fields)s")),
    "customer.handle_moved": ("transfer", gettext_lazy("The network says that the handle has another name now")),
    "customer.proven": ("shield-check", gettext_lazy("%(by)s: identity proven in private, the handle is theirs")),
    "customer.linked": ("link", gettext_lazy("%(by)s proved a handle and linked it to this record")),
    "customer.proof_undone": ("unlink", gettext_lazy("%(by)s took the proof of a handle back")),
    "customer.merged": ("arrows-join", gettext_lazy("%(by)s merged another record into this one")),
    "customer.merge_undone": ("arrow-back-up", gettext_lazy("%(by)s took a merge apart")),
    "customer.tier_set": ("award", gettext_lazy("%(by)s set the tier by hand: %(tier)s until %(until)s")),
    "customer.tier_freed": ("award", gettext_lazy("%(by)s let ARPU decide the tier again")),
    "customer.do_not_disturb": ("bell-off", gettext_lazy("%(by)s changed whether they may be disturbed")),
    "customer.restricted": ("lock", gettext_lazy("%(by)s restricted the record")),
    "customer.restriction_lifted": ("lock", gettext_lazy("%(by)s lifted the restriction")),
    "consent.given": ("circle-check", gettext_lazy("Consent given: %(purpose)s")),
    "consent.refused": ("ban", gettext_lazy("Consent refused: %(purpose)s")),
    "consent.withdrawn": ("arrow-back-up", gettext_lazy("Consent withdrawn: %(purpose)s")),
    "customer.tier_changed": ("award", gettext_lazy("Tier: %(before)s → %(after)s")),
}
PAGES: dict[str, Promise] = {}  # code of a tab: its title; tabs.py fills it
UNKNOWN = ("pencil", gettext_lazy("%(by)s changed the record"))


@dataclass(frozen=True)
class Told:
    event: Event
    icon: str
    said: str


def fetch(customer: Customer, request: StaffRequest) -> dict[str, Any]:
    may_looks = may(request.user, "looks.read")
    wanted = request.GET.get("of", "") if may_looks else "changes"
    found, after = page_back(_events(customer, wanted), "at", request.GET.get("after", ""), SIZE)
    return {"told": in_words(found), "of": wanted, "after": after, "may_looks": may_looks}


def _events(customer: Customer, wanted: str) -> QuerySet[Event]:
    """Of the record, and of what hangs on it and has events of its own."""
    consents = list(customer.consents.values_list("pk", flat=True))
    mine = Q(subject_type="customer", subject_id=customer.pk)
    mine |= Q(subject_type="consent", subject_id__in=consents) if consents else Q()
    events = Event.objects.filter(mine)
    if wanted == "looks":
        return events.filter(kind__in=LOOKS)
    return events.exclude(kind__in=LOOKS) if wanted == "changes" else events


def in_words(events: list[Event]) -> list[Told]:
    """One query for the names, however many events."""
    names = dict(User.objects.filter(pk__in={one.actor_id for one in events} - {None}).values_list("pk", "name"))
    return [_told(event, names.get(event.actor_id or 0, "")) for event in events]


def _told(event: Event, by: str) -> Told:
    icon, sentence = WORDS.get(event.kind, UNKNOWN)
    facts = event.facts
    said = {
        "by": by or _("The system"),
        "page": _page(facts.get("page", "")),
        "contact": _seen(facts), "fields": fields_in_words(facts.get("fields", [])),
        "purpose": _word(Purpose, facts.get("purpose")),
        "tier": _word(Tier, facts.get("tier")), "until": facts.get("until", ""),
        "before": _word(Tier, facts.get("before")) or "–", "after": _word(Tier, facts.get("after")),
    }  # fmt: skip
    return Told(event, icon, str(sentence) % said)


def _seen(facts: dict[str, Any]) -> str:
    if "address" in facts:
        return _("address")
    paper = _word(IdentityDocument.Kind, facts.get("paper"))
    return paper or _word(ContactPoint.Kind, facts.get("contact")).lower()


def _word(words: type, code: object) -> str:
    return str(dict(words.choices).get(str(code), "")) if code else ""  # type: ignore[attr-defined]


def _page(code: str) -> str:
    return str(PAGES[code]) if code in PAGES else _("the record")
