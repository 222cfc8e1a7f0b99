import datetime as dt

import pytest

from crm.cases.defaults import ensure_policy
from crm.cases.models import SlaPolicy
from crm.staff.models import User
from tests.people import a_member, a_team

NINE = dt.datetime(2026, 10, 20, 2, 0, tzinfo=dt.UTC)  # nine in the morning in Jakarta


@pytest.fixture
def policy(db: None) -> SlaPolicy:
    return ensure_policy()


@pytest.fixture
def sari(policy: SlaPolicy) -> User:
    return a_member(teams=(a_team(),))
