"""What this room holds on a customer (crm/customers/holdings.py)."""

from crm.customers import holdings
from crm.customers.holdings import Person, Told, bearing, blank, rows
from crm.desk.models import Ask, BulkJob, BulkRow, Draft, DraftFile, Notification, View
from crm.timeline.models import Attachment


def register() -> None:
    holdings.register("desk", describe=describe, erase=erase)


def describe(person: Person) -> Told:
    ids = person.ids
    return {
        "drafts": rows(
            Draft.objects.filter(case__customer__in=ids), "case__number", "user__name", "text", "promise", "saved_at"
        ),
        "asked_to_publish": rows(Ask.objects.filter(case__customer__in=ids), "case__number", "by__name", "text", "at"),
        "notifications": rows(
            Notification.objects.filter(case__customer__in=ids).exclude(words=""), "case__number", "words", "at"
        ),
    }


def erase(person: Person) -> list[str]:
    ids = person.ids
    uploads = Attachment.objects.filter(pk__in=DraftFile.objects.filter(case__customer__in=ids).values("attachment"))
    files = list(uploads.values_list("file", flat=True))
    uploads.delete()  # the DraftFile goes with it
    Draft.objects.filter(case__customer__in=ids).delete()
    Ask.objects.filter(case__customer__in=ids, decided_at=None).delete()
    blank(Notification.objects.filter(case__customer__in=ids), "words")
    bearing(Notification.objects.exclude(words=""), "words", person).update(words="")
    bearing(View.objects.all(), "query", person).delete()
    BulkRow.objects.filter(case__customer__in=ids).update(before={}, said="")
    for field in ("query", "params"):
        bearing(BulkJob.objects.exclude(state__in=["running", "undoing"]), field, person).update(**{field: {}})
    return files
