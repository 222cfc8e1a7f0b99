import datetime as dt

import pytest

from caring.defaults import ensure_programme
from caring.models import ContactPolicy
from crm.cases.defaults import ensure_policy


@pytest.fixture
def programme(db: None) -> None:
    ensure_policy()
    ensure_programme()
    ContactPolicy.objects.update(hold_out_per_mille=0)  # tests that are about it say so


@pytest.fixture
def all_day(programme: None) -> None:
    """No quiet hours."""
    ContactPolicy.objects.update(quiet_from=dt.time(3), quiet_until=dt.time(3))
