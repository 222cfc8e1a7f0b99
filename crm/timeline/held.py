"""What this room holds on a customer (crm/customers/holdings.py)."""

from django.db.models import QuerySet

from crm.customers import holdings
from crm.customers.holdings import Person, Told, blank, rows
from crm.timeline.models import Attachment, Interaction, NotACase


def register() -> None:
    holdings.register("timeline", describe=describe, erase=erase)


def describe(person: Person) -> Told:
    return {
        "contacts_with_us": rows(
            Interaction.objects.filter(customer__in=person.ids), "id", "channel", "account", "direction", "is_public",
            "at", "subject", "text", "staff__name", "answer_to",
        ),
        "files": rows(
            Attachment.objects.filter(interaction__customer__in=person.ids), "id", "interaction", "name",
            "content_type", "size", "sha256", "created_at",
        ),
    }  # fmt: skip


def erase(person: Person) -> list[str]:
    """That there was a contact, when and on which channel, is statistics; what was said goes."""
    theirs = Interaction.objects.filter(customer__in=person.ids)
    files = take_files(Attachment.objects.filter(interaction__in=theirs))
    forget_texts(theirs)
    theirs.update(external_id="")
    return files


def take_files(attached: QuerySet[Attachment]) -> list[str]:
    files = [name for name in attached.values_list("file", flat=True) if name]
    attached.delete()
    return files


def forget_texts(contacts: QuerySet[Interaction]) -> None:
    """The network's id of a contact stays: what comes a second time is still known."""
    blank(NotACase.objects.filter(interaction__in=contacts), "remark")
    contacts.update(**dict.fromkeys(("subject", "text", "html", "conversation", "reply_to", "answer_to"), ""))
