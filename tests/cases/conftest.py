import datetime as dt
from typing import Any

import pytest

from crm.cases.actions import publish_policy
from crm.cases.defaults import ensure_policy
from crm.cases.models import LadderStep, SlaPolicy, SlaTarget
from crm.staff.models import User
from tests.people import a_member, a_team

NINE = dt.datetime(2026, 10, 20, 2, 0, tzinfo=dt.UTC)  # nine in the morning in Jakarta


@pytest.fixture
def policy(db: None) -> SlaPolicy:
    return ensure_policy()


def another_policy(*, targets: tuple[dict, ...] = ({},), ladder: tuple[dict, ...] = (), **fields: Any) -> SlaPolicy:
    """Version 2, drafted and put into force."""
    draft = SlaPolicy.objects.create(version=2, **fields)
    for one in targets:
        SlaTarget.objects.create(policy=draft, **one)
    for one in ladder:
        LadderStep.objects.create(policy=draft, **one)
    return publish_policy(policy=draft, by=None)


@pytest.fixture
def sari(policy: SlaPolicy) -> User:
    return a_member(teams=(a_team(),))
