"""What this room holds on a customer (crm/customers/holdings.py)."""

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
    attached = Attachment.objects.filter(interaction__in=theirs)
    files = list(attached.values_list("file", flat=True))
    attached.delete()
    blank(NotACase.objects.filter(interaction__in=theirs), "remark")
    nothing = dict.fromkeys(("subject", "text", "html", "external_id", "conversation", "reply_to", "answer_to"), "")
    theirs.update(**nothing)
    return files
