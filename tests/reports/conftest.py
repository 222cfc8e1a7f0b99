import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from crm.cases.actions import add_interaction, cancel_case, reject_case, settle_case
from crm.cases.defaults import ensure_policy
from crm.cases.models import Case
from crm.staff.models import Role, Team, User
from tests.people import a_case, a_member, a_team


@pytest.fixture
def team(db: None) -> Team:
    ensure_policy()
    return a_team("Social desk")


@pytest.fixture
def sari(team: Team) -> User:
    return a_member("Sari Wulandari", teams=(team,))


@pytest.fixture
def supervisor(team: Team) -> User:
    return a_member("Mega Rahayu", Role.SUPERVISOR, teams=(team,), language="en")


@pytest.fixture
def quality(db: None) -> User:
    ensure_policy()
    return a_member("Putri Maharani", Role.QUALITY)


@pytest.fixture
def pages(client: Client, supervisor: User) -> Client:
    """A browser in which the team's supervisor is signed in."""
    client.force_login(supervisor)
    return client


def before(**ago: float) -> dt.datetime:
    return timezone.now() - dt.timedelta(**ago)


def an_answered_case(by: User, *, opened: dt.datetime, after: float, **fields: object) -> Case:
    """A case that `by` answered `after` minutes later."""
    case = a_case(opened, team=by.team, **fields)
    answered = opened + dt.timedelta(minutes=after)
    add_interaction(case=case, direction="out", channel=case.channel, text="Kami cek ya.", by=by, at=answered)
    return case


@pytest.fixture
def week(sari: User) -> dict[str, Case]:
    """One case of each kind that the report tells apart."""
    team = sari.team
    cases = {
        "in time": an_answered_case(sari, opened=before(hours=30), after=5),
        "late": an_answered_case(sari, opened=before(hours=31), after=20),
        "overdue": a_case(before(hours=2), team=team),
        "fresh": a_case(before(minutes=5), team=team),
        "cancelled": a_case(before(hours=3), team=team),
        "rejected": a_case(before(hours=3), team=team),
        "settled": an_answered_case(sari, opened=before(days=4), after=10, channel="email"),
        "settled late": an_answered_case(sari, opened=before(days=5), after=10, channel="email"),
    }
    cancel_case(case=cases["cancelled"], by=sari, at=before(hours=2, minutes=59), reason="dua kali")
    reject_case(case=cases["rejected"], by=sari, at=before(hours=2, minutes=59), reason="bukan pelanggan")
    settle_case(case=cases["settled"], by=sari, at=before(days=3), outcome="solved", text="Selesai.")
    settle_case(case=cases["settled late"], by=sari, at=before(days=1), outcome="solved", text="Selesai.")
    return cases
