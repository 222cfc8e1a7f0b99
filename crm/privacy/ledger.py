"""Who was erased, kept outside the database: a restored older backup knows nothing of it, and would bring them back.

One line a record: its number and when it was created. Numbers are given anew after a restore; the two together
are not. With it, by what two people it was decided and when: the law wants that proven. The database says who is
erased, the ledger is written from it: after each erasure, and hourly for one that could not be written.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypedDict

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from crm.cases.actions import cancel_case
from crm.cases.models import Case
from crm.cases.words import RUNNING_STATES
from crm.customers import holdings
from crm.customers.models import Customer
from crm.events.actions import record
from crm.messaging.models import Message
from crm.privacy.erasing import remove_doomed
from crm.privacy.models import DataRequest, DoomedFile
from crm.privacy.words import Kind, State
from crm.staff.models import User

Line = tuple[int, str]


class Decision(TypedDict):
    """Ids of staff, and instants as ISO texts."""

    proposed_by: int
    proposed_at: str
    decided_by: int
    decided_at: str


def place() -> Path:
    return settings.ERASED_FILE or settings.MEDIA_ROOT.with_name("erased.jsonl")


def read() -> dict[Line, Decision | None]:
    """Who, and by whom where it is known. What cannot be read is no line: a process may have died while it wrote it."""
    if not place().exists():
        return {}
    return dict(filter(None, map(_parse, place().read_text().splitlines())))


def _parse(text: str) -> tuple[Line, Decision | None] | None:
    try:
        said: Any = json.loads(text)
        return (int(said["customer"]), str(said["created_at"])), said.get("decision")
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def write_missing() -> int:
    """Add whoever the database knows as erased and the ledger does not; how many. A line twice does no harm."""
    erased = Customer.objects.exclude(erased_at=None).order_by("pk").values_list("pk", "created_at")
    missing = sorted({(pk, at.isoformat()) for pk, at in erased} - read().keys())
    if missing:
        place().parent.mkdir(parents=True, exist_ok=True)
        decisions = _decisions([pk for pk, _at in missing])
        lines = [json.dumps({"customer": pk, "created_at": at, "decision": decisions.get(pk)}) for pk, at in missing]
        with place().open("a") as file:
            file.write("\n" + "\n".join(lines) + "\n")  # a line that was cut short ends here
            file.flush()
            os.fsync(file.fileno())
    return len(missing)


def _decisions(customers: list[int]) -> dict[int, Decision]:
    done = DataRequest.objects.filter(customer__in=customers, kind=Kind.ERASURE, state=State.DONE).order_by("pk")
    fields = ("customer", "proposed_by", "proposed_at", "decided_by", "decided_at")
    return {
        pk: Decision(
            proposed_by=first, proposed_at=proposed.isoformat(), decided_by=second, decided_at=decided.isoformat()
        )
        for pk, first, proposed, second, decided in done.values_list(*fields)
    }


@transaction.atomic
def erase_again() -> str:
    """After a restore: whoever was erased since the backup is erased once more. Says how many, for who restores."""
    known, at = read(), timezone.now()
    back = Customer.objects.filter(erased_at=None, pk__in=[pk for pk, _created in known]).order_by("pk")
    lines = [line for one in back if (line := (one.pk, one.created_at.isoformat())) in known]
    for pk, created in lines:
        customer = Customer.objects.get(pk=pk)
        if customer.erased_at:
            continue  # with the record that it went into
        person = holdings.person_of(customer)
        Message.objects.filter(customer__in=person.ids).unsent().update(state=Message.State.CANCELLED)
        for case in Case.objects.filter(customer__in=person.ids, state__in=RUNNING_STATES).order_by("pk"):
            cancel_case(case=case, by=None, reason=gettext("Erased again after a restore"), at=at)
        _decide_again(person.ids, known[pk, created])
        files = holdings.erase(person)
        Customer.objects.filter(pk__in=person.ids).update(erased_at=at)
        record("customer.erased", subject=customer, customer_id=pk, at=at, again=True)
        DoomedFile.objects.bulk_create([DoomedFile(name=name) for name in files], ignore_conflicts=True)
    transaction.on_commit(remove_doomed)
    return f"{len(lines)} customers erased again" if lines else ""


def _decide_again(customers: Iterable[int], decision: Decision | None) -> None:
    """What they asked stands as decided by the two who did, where the backup knows both."""
    if decision is None or User.objects.filter(pk__in=[decision["proposed_by"], decision["decided_by"]]).count() < 2:
        return
    standing = DataRequest.objects.standing().filter(customer__in=customers, kind=Kind.ERASURE)
    standing.update(
        state=State.DONE, proposed_by=decision["proposed_by"], proposed_at=decision["proposed_at"],
        decided_by=decision["decided_by"], decided_at=decision["decided_at"],
    )  # fmt: skip
