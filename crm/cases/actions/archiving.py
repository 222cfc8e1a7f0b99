"""The end of a replayed archive."""

import datetime as dt

from django.db import transaction

from crm.cases.actions.ending import end
from crm.cases.actions.locking import change_state, lock_case, save_and_record
from crm.cases.clocks import running_clocks, void_clock
from crm.cases.models import Case
from crm.cases.words import Outcome


def close_archive(*, channel: str, account: str, at: dt.datetime) -> int:
    """Close every replayed case of an account that is still open, as archived, at the last row's time.

    Clocks whose deadline had passed by then were missed; the others are not counted. Returns how many were closed.
    """
    open_cases = Case.objects.filter(is_archive=True, channel=channel, account=account, closed_at__isnull=True)
    numbers = list(open_cases.order_by("pk"))
    for case in numbers:
        _close(case, at=at)
    return len(numbers)


@transaction.atomic
def _close(case: Case, *, at: dt.datetime) -> None:
    case = lock_case(case)
    change_state(case, "archive")
    for running in running_clocks(case):
        void_clock(running, at=at)
    case.outcome = Outcome.ARCHIVED
    end(case, at=at)
    save_and_record(case, "case.archived", by=None, at=at)
