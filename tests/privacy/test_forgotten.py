"""Forgetting somebody where no table is searched: what was logged, what waits in the broker, what the cache keeps."""

import datetime as dt
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from celery.signals import before_task_publish
from django.conf import settings as django_settings
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from crm.cases.actions import add_interaction
from crm.cases.defaults import ensure_policy
from crm.cases.models import Case
from crm.customers.models import Customer, IdentityDocument, Merge
from crm.customers.name_words import learn_names
from crm.privacy.asking import open_request
from crm.privacy.deciding import grant, propose_erasure
from crm.privacy.files import ask_for_file, make_next
from crm.privacy.models import AccessFile, DataRequest
from crm.staff.models import Role
from tests.lib.test_observe import Lines
from tests.people import a_member, a_team
from tests.privacy.places import EMAIL, HANDLE, MARKS, NAME, NIK, NUMBER, everywhere, opened, places_of
from tests.staff.conftest import signed_in

pytestmark = pytest.mark.django_db(transaction=True)
SEARCHED = [*MARKS, "zulaikha", "qomariyah"]  # half a name is a name


@pytest.fixture(autouse=True)
def _own_files(db: None, settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    ensure_policy()


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler = Lines()
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)


@pytest.fixture
def queued() -> Iterator[list[str]]:
    """What goes to the broker, where it may lie for as long as no worker comes."""
    bodies: list[str] = []

    def keep(body: Any = None, headers: Any = None, **_more: Any) -> None:
        bodies.append(f"{body} {headers}")

    before_task_publish.connect(keep, weak=False)
    yield bodies
    before_task_publish.disconnect(keep)


def known_in(text: str) -> list[str]:
    return [mark for mark in SEARCHED if mark.lower() in text.lower()]


def kept_in_cache() -> str:
    """Every key of the cache with what it holds."""
    with redis.Redis.from_url(django_settings.CACHE_URL) as store:
        return "\n".join(f"{key!r} {_held(store, key)!r}" for key in store.scan_iter(count=1000))


def _held(store: redis.Redis, key: bytes) -> Any:
    read = {
        b"string": store.get, b"hash": store.hgetall, b"set": store.smembers,
        b"list": lambda key: store.lrange(key, 0, -1), b"zset": lambda key: store.zrange(key, 0, -1),
    }  # fmt: skip
    return read[store.type(key)](key) if store.exists(key) else b""


def a_day_of(who: Customer, case: Case) -> None:
    """They are looked for, looked at and written to; they ask for a lost link; a statement with their data fails."""
    boss = a_member("Ratna Kusuma", Role.SUPERVISOR, teams=(a_team(),))
    http = signed_in(boss)
    for q in (NAME, NUMBER, NUMBER.replace("+62", "0"), EMAIL, f"@{HANDLE}", NIK):
        for name in ("desk:find", "desk:customers", "desk:desk", "desk:find-customer"):
            http.get(reverse(name), {"q": q})
    for name in ("desk:wallboard", "desk:wallboard-board", "reports:home", "desk:desk"):
        assert http.get(reverse(name)).status_code == 200
    assert http.get(reverse("desk:customer", args=[who.pk])).status_code == 200
    http.get(reverse("desk:case", args=[case.number]))
    http.post(reverse("desk:here", args=[case.number]), {"tab": "t1", "state": "t"})
    http.post(reverse("web:lost"), {"email": EMAIL})
    http.get(f"/nowhere/{EMAIL}/", {"msisdn": NUMBER})
    for wrong in (
        "INSERT INTO customers_customer (name) VALUES (%s)",
        "SELECT %s FROM customers_customer WHERE id = (SELECT max(nik) FROM customers_customer)",
    ):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(wrong, [f"{NAME} {NUMBER} {EMAIL}"])
        except DatabaseError:
            logging.getLogger("crm.somewhere").exception("failed")


def erase(who: Customer) -> None:
    """As supervisors do it: one proposes, another approves."""
    one, other = a_member("Dewi Kartika", Role.SUPERVISOR), a_member("Budi Santoso", Role.SUPERVISOR)
    asked = open_request(customer=who, kind="erasure", words="zqmark", channel="counter", by=one)
    add_interaction(case=asked.case, direction="out", channel="counter", text="zqmark", by=one)
    propose_erasure(request=asked, reason="zqmark", by=one)
    grant(request=DataRequest.objects.get(pk=asked.pk), reason="zqmark", by=other)


def test_logs_queues_and_the_cache_know_nobody_who_is_forgotten(lines: Lines, queued: list[str]) -> None:
    who, case = everywhere()
    a_day_of(who, case)
    erase(who)
    assert known_in("\n".join(lines.lines)) == []
    assert known_in("\n".join(queued)) == []
    assert known_in(kept_in_cache()) == []
    assert "failed" in "".join(lines.lines)
    assert len(queued) > 0


def test_their_access_file_and_half_of_their_name_go_too() -> None:
    who, _case = everywhere()
    asked = DataRequest.objects.get(customer=who)
    ask_for_file(request=asked, at=timezone.now() - dt.timedelta(hours=1))
    assert make_next(now=timezone.now()) is not None
    learn_names()
    erase(who)
    assert places_of(*SEARCHED) == []
    assert "".join(opened(AccessFile) + opened(IdentityDocument) + opened(Merge)).count(NIK) == 0
    assert not AccessFile.objects.exclude(sealed="").exists()
