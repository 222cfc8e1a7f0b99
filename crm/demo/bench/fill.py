"""Filling the bench database by set-based INSERT … SELECT, in ranges that are committed one by one.

Deadlines lie a month and more ahead, so that a filled database stays quiet and is good for the next run.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import ProgrammingError, connection, models, transaction

from crm.cases.defaults import ensure_policy
from crm.cases.models import Case, CaseInteraction, Holding, SlaClock
from crm.cases.words import ClockKind, State, Verdict
from crm.customers.models import ContactPoint, Customer
from crm.lib.inserting import insert_select
from crm.staff.models import Role, Team, User
from crm.timeline.models import Interaction

RANGE = 100_000
TEAMS, AGENTS, CASES_A_CUSTOMER = 10, 100, 4
CHANNELS = "('{x,instagram,whatsapp,call,email}'::text[])[1 + mod(i, 5)]"
DUE = "now() + interval '30 days' + mod(i, 1000000) * interval '20 seconds'"
# Of ten cases two wait for their first answer, seven are worked on, one waits for the customer.
STATE = (
    f"CASE WHEN mod(i, 10) < 2 THEN '{State.NEW}' WHEN mod(i, 10) < 9 THEN '{State.OPEN}' ELSE '{State.WAITING}' END"
)
UNANSWERED = f"state = '{State.NEW}'"


def cases(wanted: int) -> None:
    """Bring the number of cases up to `wanted`, each with two clocks, a customer and a message; then ANALYZE.

    Never takes any away: what is there already is kept.
    """
    people()
    have = Case.objects.count()
    for first, last in _ranges(have + 1, wanted):
        with transaction.atomic():
            _without_foreign_key_checks()
            _customers(first, last)
            _cases(first, last)
    if wanted > have:
        _run("VACUUM (ANALYZE)")


def people() -> None:
    """Ten teams, a hundred agents, the default policy: found or made."""
    ensure_policy()
    for i in range(TEAMS):
        Team.objects.get_or_create(code=f"bench-{i}", defaults={"name": f"Team {i}", "position": i})
    teams = list(Team.objects.filter(code__startswith="bench-").order_by("id"))
    for i in range(AGENTS - User.objects.filter(username__startswith="bench-").count()):
        _agent(i, teams[i % TEAMS])


def _agent(i: int, team: Team) -> None:
    name = f"bench-{i}"
    user = User(username=name, email=f"{name}@bench.example", name=f"Agent {i}", role=Role.AGENT, team=team)
    user.set_unusable_password()
    user.save()
    user.teams.add(team)


def _customers(first: int, last: int) -> None:
    """One customer for every few cases, with a number."""
    series = f"generate_series({first // CASES_A_CUSTOMER + 1}, {last // CASES_A_CUSTOMER}) i"
    tier = "('{platinum,gold,silver,bronze,basic}'::text[])[1 + mod(i, 5)]"
    before = _last_id(Customer)
    insert_select(Customer, series, {"name": "'Customer ' || i", "tier": tier, "created_at": "now()"})
    new = f"(SELECT id, row_number() OVER (ORDER BY id) AS i FROM customers_customer WHERE id > {before}) c"
    number = "'+62811' || lpad(id::text, 8, '0')"
    contact = {"customer_id": "id", "kind": "'msisdn'", "value": number, "display": number, "created_at": "now()"}
    insert_select(ContactPoint, new, contact)


def _cases(first: int, last: int) -> None:
    before = _last_id(Case)
    insert_select(Case, f"generate_series({first}, {last}) i", _case_columns())
    new = f"(SELECT *, id AS i FROM cases_case WHERE id > {before}) c"
    insert_select(SlaClock, new, _clock(ClockKind.RESPONSE, 900, stopped=f"NOT ({UNANSWERED})"))
    insert_select(SlaClock, new, _clock(ClockKind.RESOLUTION, 259_200, stopped="false"))
    insert_select(Holding, new, {"case_id": "id", "team_id": "team_id", "user_id": "assignee_id", "since": "opened_at"})
    _messages(before)


def _case_columns() -> dict[str, str]:
    customers = Customer.objects.aggregate(low=models.Min("id"), high=models.Max("id"))
    team = Team.objects.filter(code="bench-0").values_list("id", flat=True)[0]
    agent = User.objects.filter(username="bench-0").values_list("id", flat=True)[0]
    return {
        "customer_id": f"{customers['low']} + mod(i * 7919::bigint, {customers['high'] - customers['low'] + 1})",
        "state": STATE,
        "waiting_for": "CASE WHEN mod(i, 10) = 9 THEN 'customer' ELSE '' END",
        "waiting_since": "CASE WHEN mod(i, 10) = 9 THEN now() END",
        "channel": CHANNELS,
        "team_id": f"{team} + mod(i, {TEAMS})",
        "assignee_id": f"CASE WHEN mod(i, 10) >= 2 THEN {agent} + mod(i, {AGENTS}) END",
        "subject": "'Case ' || i",
        "preview": "'Words of case ' || i",
        "opened_at": "now() - mod(i, 100000) * interval '1 second'",
        "last_message_at": "now()",
        "last_direction": "'in'",
        "due_at": DUE,
        "due_kind": f"CASE WHEN mod(i, 10) < 2 THEN '{ClockKind.RESPONSE}' ELSE '{ClockKind.RESOLUTION}' END",
        "created_at": "now()",
    }


def _clock(kind: str, seconds: int, stopped: str) -> dict[str, str]:
    return {
        "case_id": "id",
        "kind": f"'{kind}'",
        "policy_id": str(ensure_policy().pk),
        "target_seconds": str(seconds),
        "started_at": "opened_at",
        "due_at": "due_at",
        "wake_at": f"CASE WHEN NOT ({stopped}) THEN due_at - interval '{seconds // 2} seconds' END",
        "stopped_at": f"CASE WHEN {stopped} THEN now() END",
        "verdict": f"CASE WHEN {stopped} THEN '{Verdict.MET}' ELSE '' END",
    }


def _messages(before: int) -> None:
    """The message that opened each case after id `before`; `conversation` carries the case over to the join table."""
    first = {
        "customer_id": "customer_id",
        "channel": "channel",
        "direction": "'in'",
        "text": "'Words of case ' || number",
        "at": "opened_at",
        "conversation": "'bench-' || id",
    }
    mark = _last_id(Interaction)
    insert_select(Interaction, f"(SELECT * FROM cases_case WHERE id > {before}) c", first)
    new = f"(SELECT id, substr(conversation, 7)::bigint AS case_id FROM timeline_interaction WHERE id > {mark}) m"
    insert_select(CaseInteraction, new, {"interaction_id": "id", "case_id": "case_id"})


def _ranges(first: int, last: int) -> Iterator[tuple[int, int]]:
    for start in range(first, last + 1, RANGE):
        yield start, min(start + RANGE - 1, last)


def _last_id(model: type[models.Model]) -> int:
    return model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0


def _without_foreign_key_checks() -> None:
    """Worth half of the time; only a superuser may, anybody else fills more slowly."""
    try:
        with transaction.atomic():
            _run("SET LOCAL session_replication_role = replica")
    except ProgrammingError:
        pass


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
