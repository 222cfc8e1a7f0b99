"""What this room holds on a customer (crm/customers/holdings.py)."""

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from crm.customers import holdings
from crm.customers.holdings import Person, Told, bearing, blank, rows
from crm.messaging.models import Arrival, Letter, Message

UNSENT = (Message.State.QUEUED, Message.State.SENDING)


def register() -> None:
    holdings.register("messaging", describe=describe, erase=erase, forbids=forbids)


def describe(person: Person) -> Told:
    return {
        "messages": rows(
            Message.objects.filter(customer__in=person.ids), "id", "channel", "account", "recipient", "subject",
            "body", "purpose", "state", "sent_at", "delivery", "author__name", "created_at",
        ),
        "letters": rows(Letter.objects.filter(message__customer__in=person.ids), "made_at", "posted_at"),
    }  # fmt: skip


def forbids(person: Person) -> list[str]:
    going = Message.objects.filter(customer__in=person.ids, state__in=UNSENT)
    return [_("A message to them is on its way: wait a minute, or settle it in the outbox.")] if going.exists() else []


def erase(person: Person) -> list[str]:
    theirs = Message.objects.filter(customer__in=person.ids)
    files = forget(theirs)
    _forget_arrivals(person)
    return files


def forget(theirs: QuerySet[Message]) -> list[str]:
    letters = Letter.objects.filter(message__in=theirs)
    files = list(letters.values_list("file", flat=True))
    letters.delete()
    blank(theirs, "recipient", "subject", "body")
    nothing = dict.fromkeys(("reply_to", "references", "external_id", "error"), "")
    theirs.update(key=Concat(Value("erased-"), Cast(F("pk"), CharField())), **nothing)
    return files


def _forget_arrivals(person: Person) -> None:
    """As they came: those that became a contact of theirs, and any that names them and was never theirs."""
    named = bearing(Arrival.objects.exclude(body=b""), "body", person).values_list("pk", flat=True)
    theirs = Arrival.objects.filter(Q(interaction__customer__in=person.ids) | Q(pk__in=list(named)))
    theirs.filter(state=Arrival.State.WAITING).delete()
    theirs.update(body=b"", external_id=Concat(Value("erased-"), Cast(F("pk"), CharField())))
