from collections.abc import Iterator

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from crm.celery import app
from crm.staff.models import Role, Team, User
from tests.people import a_member, a_team

PASSWORD = "hujan turun di Bandung"


@pytest.fixture(autouse=True)
def _quick(settings: Settings) -> Iterator[None]:
    """Cheap hashes, tasks at once, a cache that no other test run shares: all three are somebody else's code."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "staff"}}
    cache.clear()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    app.conf.task_always_eager = app.conf.task_eager_propagates = True
    yield
    app.conf.task_always_eager = app.conf.task_eager_propagates = False


@pytest.fixture
def team(db: None) -> Team:
    return a_team("Social desk")


@pytest.fixture
def sari(team: Team) -> User:
    return a_person("Sari Wulandari", username="sari.wulandari", staff_number="TS-1042", teams=(team,))


@pytest.fixture
def supervisor(team: Team) -> User:
    return a_person("Budi Santoso", Role.SUPERVISOR, teams=(team,))


@pytest.fixture
def administrator(db: None) -> User:
    return a_person("Ratna Dewi", Role.ADMINISTRATOR)


def a_person(name: str, role: str = Role.AGENT, *, teams: tuple[Team, ...] = (), **fields: object) -> User:
    """A member of staff who can sign in with PASSWORD."""
    user = a_member(name, role, teams=teams)
    for field, value in fields.items():
        setattr(user, field, value)
    user.set_password(PASSWORD)
    user.save()
    return user


def log_in(client: Client, user: User | str, password: str = PASSWORD, **more: object):
    name = user if isinstance(user, str) else user.username
    return client.post("/login/", {"username": name, "password": password, **more})


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, "crm.staff.backends.StaffBackend")
    return client


def link_in_mail() -> str:
    """The path of the only link in the only e-mail."""
    (letter,) = mail.outbox
    (link,) = [word for word in letter.body.split() if word.startswith("http")]
    return "/" + link.split("/", 3)[3]


def queries(client: Client, path: str) -> int:
    """How many queries that page costs."""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)
