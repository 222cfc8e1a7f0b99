"""For every test. The servers come up with the settings (crm/lib/embedded)."""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation
from pytest_django import DjangoDbBlocker, Settings

from tests.emptying import empty_tables, vacuum_grown
from tests.template import NAME, Template, ensure_template, without_autovacuum

# Of more than a quarter of a minute each.
LONG = ("test_axe.py",)
# Tests may lose what a power cut would lose; nothing else depends on it.
os.environ.setdefault("PGOPTIONS", "-c synchronous_commit=off")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first, so that no worker is left with one at the end (`--no-loadscope-reorder` keeps this order)."""
    items.sort(key=lambda item: not str(item.path).endswith(LONG))


@pytest.fixture(scope="session")
def template(django_db_blocker: DjangoDbBlocker) -> Template:
    """The migrated database, to copy."""
    with django_db_blocker.unblock():
        return ensure_template()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, template: Template) -> None:
    connection.settings_dict["TEST"]["TEMPLATE"] = NAME


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock():
        without_autovacuum()


@pytest.fixture(scope="module", autouse=True)
def _few_dead_rows(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    yield
    settings = connection.settings_dict
    if settings["NAME"] == settings["TEST"]["NAME"]:  # some test of this worker asked for the database
        with django_db_blocker.unblock():
            vacuum_grown()


@pytest.fixture(autouse=True)
def _lazy_static_files(settings: Settings) -> None:
    """Each test client builds the middleware anew: look static files up when asked for, not all of them at once."""
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(autouse=True)
def _language_of_none() -> Iterator[None]:
    """A page that a test opened leaves its reader's language behind, for whatever words the next test reads."""
    yield
    translation.deactivate()


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
