"""A case goes up: by hand with a reason; accepted, handed back; the time each party held it is kept."""

import datetime as dt

import pytest

from crm.cases.actions import accept_escalation, add_interaction, escalate_case, hand_back, settle_case
from crm.cases.errors import DivisionMissing, EscalationEnded, ReasonMissing
from crm.cases.models import Case, Escalation
from crm.events.models import Event
from crm.staff.models import Role, User
from tests.cases.conftest import NINE
from tests.people import a_case, a_division, a_member


def after(hours: float) -> dt.datetime:
    return NINE + dt.timedelta(hours=hours)


def holders(case: Case) -> list[tuple[str, float]]:
    return [(h.party, (h.until - h.since) / dt.timedelta(hours=1)) for h in case.holdings.all() if h.until]


def test_each_party_is_charged_with_its_own_time(sari: User) -> None:
    case, network = a_case(NINE), a_division()
    budi = a_member("Budi", Role.DIVISION, division=network)
    escalation = escalate_case(case=case, party="division", division=network, by=sari, reason="BTS mati", at=after(1))
    accept_escalation(escalation=escalation, by=budi, at=after(2))
    hand_back(escalation=escalation, by=budi, reason="Sudah pulih", at=after(5))
    add_interaction(case=case, direction="out", channel="call", text="Sudah pulih, Bu.", by=sari, at=after(6))
    settle_case(case=case, outcome="solved", by=sari, at=after(7))
    assert holders(case) == [("team", 1), ("division", 4)]
    case.refresh_from_db()
    assert (case.party, case.division) == ("team", None)


def test_escalating_needs_a_reason_and_names_the_division(sari: User) -> None:
    case = a_case(NINE)
    with pytest.raises(ReasonMissing):
        escalate_case(case=case, party="supervisor", by=sari, reason="")
    with pytest.raises(DivisionMissing):
        escalate_case(case=case, party="division", by=sari, reason="BTS mati")
    case.refresh_from_db()
    assert (case.version, case.party, Escalation.objects.count()) == (1, "team", 0)


def test_a_higher_step_ends_the_lower_one(sari: User) -> None:
    case = a_case(NINE)
    lower = escalate_case(case=case, party="supervisor", by=sari, reason="Tolong", at=after(1))
    escalate_case(case=case, party="division", division=a_division(), by=sari, reason="BTS mati", at=after(2))
    lower.refresh_from_db()
    assert lower.ended_at == after(2)


def test_accepting_twice_changes_nothing(sari: User) -> None:
    escalation = escalate_case(case=a_case(NINE), party="supervisor", by=sari, reason="Tolong", at=after(1))
    for _ in range(2):
        accept_escalation(escalation=escalation, by=sari, at=after(2))
    assert Event.objects.filter(kind="escalation.accepted").count() == 1


def test_what_was_handed_back_cannot_be_accepted(sari: User) -> None:
    escalation = escalate_case(case=a_case(NINE), party="supervisor", by=sari, reason="Tolong", at=after(1))
    hand_back(escalation=escalation, by=sari, reason="Bukan kami", at=after(2))
    with pytest.raises(EscalationEnded):
        accept_escalation(escalation=escalation, by=sari)
    escalation.refresh_from_db()
    assert escalation.accepted_at is None


def test_settling_ends_the_escalation(sari: User) -> None:
    case = a_case(NINE)
    escalation = escalate_case(case=case, party="supervisor", by=sari, reason="Tolong", at=after(0.1))
    add_interaction(case=case, direction="out", channel="call", text="Beres.", by=sari, at=after(0.2))
    settle_case(case=case, outcome="solved", by=sari, at=after(0.3))
    escalation.refresh_from_db()
    assert escalation.ended_at == after(0.3)
