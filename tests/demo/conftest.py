"""The whole operator, seeded once for all tests of a file; what a test changes is undone after it."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.utils import timezone

from crm.demo import seed


@pytest.fixture(scope="module")
def operator(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[dt.datetime]:
    """The moment at which the operator was seeded."""
    now = timezone.now()
    with django_db_blocker.unblock(), transaction.atomic():
        seed.seed(now)
        yield now
        transaction.set_rollback(True)
