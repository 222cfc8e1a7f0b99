import datetime as dt

import pytest

from crm.cases.defaults import ensure_policy
from crm.staff.models import Role, User
from tests.people import a_member

DAY = dt.date(2026, 11, 20)


@pytest.fixture
def ratna(db: None) -> User:
    ensure_policy()
    return a_member("Ratna Wijaya", Role.SUPERVISOR)
