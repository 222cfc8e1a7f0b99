"""For every test. The servers come up with the settings (crm/lib/embedded)."""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.test import TransactionTestCase
from pytest_django import Settings

from tests.emptying import empty_tables

# Tests may lose what a power cut would lose; nothing else depends on it.
os.environ.setdefault("PGOPTIONS", "-c synchronous_commit=off")


@pytest.fixture(autouse=True)
def _lazy_static_files(settings: Settings) -> None:
    """Each test client builds the middleware anew: look static files up when asked for, not all of them at once."""
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(scope="session", autouse=True)
def _own_broker(worker_id: str) -> None:
    """Knocks of this run's tests reach the workers that they start, never those of a run beside it. Databases 0 and 1
    of the server are the product's broker and cache."""
    number = 2 + int(worker_id.removeprefix("gw")) if worker_id.startswith("gw") else 2
    os.environ["CELERY_BROKER_URL"] = urlsplit(django_settings.REDIS_URL)._replace(path=f"/{number}").geturl()


@pytest.fixture(scope="session", autouse=True)
def _tables_are_emptied_quickly() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty_tables)
        yield
