"""What a supervisor's lists cost while a hundred thousand cases run: the queries of few, no more."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from crm.cases import actions
from crm.cases.models import Breach, Case, SlaClock
from crm.cases.sweep import sweep
from crm.desk.bulk import start_job
from tests.desk.test_pages import queries_of
from tests.people import a_case

# The tables are emptied after it: a rollback would leave a hundred thousand dead rows to those who come after.
pytestmark = pytest.mark.django_db(transaction=True)
MANY, TROUBLED = 95_000, 5_000
LISTS = (
    "/desk/?queue=mine",
    "/desk/?queue=unassigned",
    "/desk/?queue=risk",
    "/desk/?queue=waiting",
    "/desk/?queue=breached",
    "/desk/?queue=all",
    "/desk/rows/?queue=all",
    "/promises/",
    "/problems/",
    "/team/",
    "/jobs/",
    "/wallboard/board/",
    "/breaches/",
    "/escalations/",
)
NEW_CASES = f"(SELECT id FROM cases_case ORDER BY id DESC LIMIT {TROUBLED}) AS n"
BEFORE = "one.due_at - interval '1 hour'"  # the same breach stays the first of the list, and opens beside it
NEW_CLOCKS = f"(SELECT id, case_id FROM cases_slaclock ORDER BY id DESC LIMIT {TROUBLED}) AS n"


def copy(row: Any, each: str, **instead: str) -> None:
    """Once more for `each` n (SQL) by one statement; `instead` is SQL for the columns that differ."""
    table = row._meta.db_table
    columns = [field.column for field in row._meta.concrete_fields if field.column not in ("id", "number")]
    values = ", ".join(instead.get(column, f"one.{column}") for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} AS one, {each} WHERE one.id = %s",
            [row.pk],
        )
        cursor.execute(f"ANALYZE {table}")


@pytest.fixture
def late(team, ratna, sari) -> Case:
    """Without a reply in time, promised to be called back, and escalated."""
    case = a_case(timezone.now() - dt.timedelta(hours=2), team=team)
    sweep()
    soon = timezone.now() + dt.timedelta(hours=1)
    actions.make_promise(case=case, text="Kami telepon.", due_at=soon, by=sari)
    actions.escalate_case(case=case, party="supervisor", by=sari, reason="Sudah tiga kali")
    return case


def a_hundred_thousand(plain: Case, late: Case) -> None:
    copy(plain, f"generate_series(1, {MANY}) AS n")
    copy(Case.objects.get(pk=late.pk), f"generate_series(1, {TROUBLED}) AS n")
    copy(SlaClock.objects.filter(case=late, breach__isnull=False).get(), NEW_CASES, case_id="n.id")
    copy(Breach.objects.get(case=late), NEW_CLOCKS, case_id="n.case_id", clock_id="n.id", due_at=BEFORE)
    for mine in (late.promises.get(), late.escalations.get(ended_at=None)):
        copy(mine, NEW_CASES, case_id="n.id")


def test_a_supervisors_lists_cost_the_same_with_a_hundred_thousand_cases(as_user, ratna, team, late):
    plain = a_case(team=team)
    actions.open_problem(title="Dago", place="Dago", by=ratna, cases=[plain])
    start_job(by=ratna, act="settle", params={"outcome": "solved"}, cases=Case.objects.filter(pk=plain.pk))
    client = as_user(ratna)
    few = {path: queries_of(client, path) for path in LISTS}
    a_hundred_thousand(plain, late)
    assert {path: queries_of(client, path) for path in LISTS} == few
