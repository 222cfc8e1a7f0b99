"""The live process itself, over real HTTP."""

import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from crm.cases import actions
from crm.cases.defaults import ensure_policy
from crm.cases.models import Case
from tests.people import a_case, a_member, a_team
from tests.processes import free_port, live_process

pytestmark = pytest.mark.django_db(transaction=True)


class Stream:
    """A browser's EventSource, one message at a time."""

    def __init__(self, port: int, cookie: str, **headers: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        sent = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"} | headers
        self.connection.request("GET", "/live/", headers=sent)
        self.answer = self.connection.getresponse()

    def message(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while line := self.answer.readline().decode().strip():
            name, _colon, value = line.partition(": ")
            found[name] = json.loads(value) if name == "data" else value
        return found

    def next(self, event: str) -> dict[str, Any]:
        while (message := self.message()).get("event") != event:
            pass
        return message

    def close(self) -> None:
        self.connection.close()


@pytest.fixture
def port(transactional_db: None) -> Iterator[int]:
    ensure_policy()
    number = free_port()
    with live_process(number, "http://127.0.0.1"):
        yield number


@pytest.fixture
def sari(port: int) -> Any:
    return a_member(teams=(a_team(),))


@pytest.fixture
def cookie(sari: Any) -> str:
    client = Client()
    client.force_login(sari, backend="crm.staff.backends.StaffBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def begun(port: int, cookie: str, **headers: str) -> Stream:
    """A stream whose first sign of life has come: from here on it hears."""
    stream = Stream(port, cookie, **headers)
    stream.next("beat")
    stream.next("beat")
    return stream


def test_a_case_of_mine_is_told_and_anothers_is_not(port, cookie, sari):
    stream = begun(port, cookie)
    a_case(team=a_team("Call centre"))
    mine = Case.objects.get(pk=a_case(team=sari.team).pk)
    said = stream.next("changed")
    stream.close()
    assert said["data"] == {"topics": [f"case:{mine.number}", "queues"]}


def test_a_broken_connection_goes_on_where_it_was(port, cookie, sari):
    stream = begun(port, cookie)
    case = Case.objects.get(pk=a_case(team=sari.team).pk)
    last = stream.next("changed")["id"]
    stream.close()
    ears = begun(port, cookie)
    actions.add_note(case=case, text="meanwhile", by=sari)
    ears.next("changed")
    ears.close()
    back = Stream(port, cookie, **{"Last-Event-ID": last})
    assert back.next("changed")["data"]["topics"] == [f"case:{case.number}", "queues"]
    back.close()


@pytest.mark.parametrize(
    ("cookie_given", "origin", "status"),
    [("", "", 401), ("x" * 32, "", 401), ("real", "http://evil.example", 403), ("real", "http://127.0.0.1:8000", 200)],
)
def test_who_may_listen(port, cookie, cookie_given, origin, status):
    headers = {"Origin": origin} if origin else {}
    stream = Stream(port, cookie if cookie_given == "real" else cookie_given, **headers)
    assert stream.answer.status == status
    stream.close()
