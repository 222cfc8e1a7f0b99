"""A person is taken out of everything we keep; figures, clocks and the ledger stay whole."""

import datetime as dt
from pathlib import Path

from django.conf import settings
from django.db import transaction

from crm.cases.actions import settle_case
from crm.cases.clocks import first_waiting
from crm.cases.errors import CaseError, FirstReplyMissing
from crm.cases.words import RUNNING_STATES
from crm.customers import holdings
from crm.customers.consenting import lock
from crm.customers.models import Customer
from crm.events.actions import record
from crm.privacy.errors import StandsAgainst
from crm.privacy.models import DataRequest, DoomedFile
from crm.staff.models import User


def stands_against(request: DataRequest) -> list[str]:
    """In words, what forbids erasing just now: another running case, a debt, a message on its way, no answer yet."""
    whys = holdings.forbids(holdings.person_of(request.customer, asked_in=request.case_id))
    unanswered = request.case.state in RUNNING_STATES and first_waiting(request.case)
    return [*whys, str(FirstReplyMissing())] if unanswered else whys


@transaction.atomic
def erase_customer(*, request: DataRequest, by: User, at: dt.datetime) -> None:
    """The case they asked in is settled, then every room takes out what it holds; files go once that is certain.

    Raises StandsAgainst, CustomerGone.
    """
    customer = lock(request.customer)
    if whys := stands_against(request):
        raise StandsAgainst(whys)
    _settle(request, by, at)
    person = holdings.person_of(customer, asked_in=request.case_id)
    files = holdings.erase(person)
    Customer.objects.filter(pk__in=person.ids).update(erased_at=at)
    record("customer.erased", subject=customer, customer_id=customer.pk, by=by, at=at, request=request.pk)
    DoomedFile.objects.bulk_create([DoomedFile(name=name) for name in files], ignore_conflicts=True)
    transaction.on_commit(remove_doomed)


def _settle(request: DataRequest, by: User, at: dt.datetime) -> None:
    """Their own case ends with them: afterwards nobody can be answered."""
    if request.case.state not in RUNNING_STATES:
        return
    try:
        settle_case(case=request.case, outcome="solved", by=by, at=at)
    except CaseError as error:
        raise StandsAgainst([str(error)]) from error


def remove_doomed() -> int:
    """Files of the erased leave the disk; how many. Hourly too, for a process that died before it came to this."""
    doomed = list(DoomedFile.objects.order_by("pk"))
    for one in doomed:
        (Path(settings.MEDIA_ROOT) / one.name).unlink(missing_ok=True)
        one.delete()
    return len(doomed)
