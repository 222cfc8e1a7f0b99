"""Who was erased, kept outside the database: a restored older backup knows nothing of it, and would bring them back.

One line a record: its number and when it was created. Numbers are given anew after a restore; the two together
are not. The database says who is erased, the ledger is written from it: after each erasure, and hourly for one that
could not be written.
"""

import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from crm.customers import holdings
from crm.customers.models import Customer
from crm.events.actions import record
from crm.messaging.models import Message
from crm.privacy.erasing import remove_doomed
from crm.privacy.models import DoomedFile

Line = tuple[int, str]


def place() -> Path:
    return settings.ERASED_FILE or settings.MEDIA_ROOT.with_name("erased.jsonl")


def read() -> set[Line]:
    """What cannot be read is no line: a process may have died while it wrote the last one."""
    if not place().exists():
        return set()
    return {line for line in map(_parse, place().read_text().splitlines()) if line is not None}


def _parse(text: str) -> Line | None:
    try:
        said: Any = json.loads(text)
        return int(said["customer"]), str(said["created_at"])
    except (ValueError, KeyError, TypeError):
        return None


def write_missing() -> int:
    """Add whoever the database knows as erased and the ledger does not; how many. A line twice does no harm."""
    erased = Customer.objects.exclude(erased_at=None).order_by("pk").values_list("pk", "created_at")
    missing = sorted({(pk, at.isoformat()) for pk, at in erased} - read())
    if missing:
        place().parent.mkdir(parents=True, exist_ok=True)
        lines = [json.dumps({"customer": pk, "created_at": at}) for pk, at in missing]
        with place().open("a") as file:
            file.write("\n" + "\n".join(lines) + "\n")  # a line that was cut short ends here
            file.flush()
            os.fsync(file.fileno())
    return len(missing)


@transaction.atomic
def erase_again() -> str:
    """After a restore: whoever was erased since the backup is erased once more. Says how many, for who restores."""
    back = Customer.objects.filter(erased_at=None, pk__in=[pk for pk, _created in read()]).order_by("pk")
    known, at = read(), timezone.now()
    ids = [one.pk for one in back if (one.pk, one.created_at.isoformat()) in known]
    for pk in ids:
        customer = Customer.objects.get(pk=pk)
        if customer.erased_at:
            continue  # with the record that it went into
        person = holdings.person_of(customer)
        Message.objects.filter(customer__in=person.ids).unsent().update(state=Message.State.CANCELLED)
        files = holdings.erase(person)
        Customer.objects.filter(pk__in=person.ids).update(erased_at=at)
        record("customer.erased", subject=customer, customer_id=pk, at=at, again=True)
        DoomedFile.objects.bulk_create([DoomedFile(name=name) for name in files], ignore_conflicts=True)
    transaction.on_commit(remove_doomed)
    return f"{len(ids)} customers erased again" if ids else ""
