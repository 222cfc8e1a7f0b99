"""What was promised is answered for in the list, without opening the case."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.cases.actions import make_promise
from crm.cases.models import Case, Promise
from crm.staff.models import Role, User
from tests.desk.conftest import HTMX
from tests.people import a_member


@pytest.fixture
def promise(case: Case, sari: User) -> Promise:
    due = timezone.now() + dt.timedelta(hours=2)
    return make_promise(case=case, text="Telepon balik", due_at=due, by=sari)


def address(promise: Promise, name: str, *how: str) -> str:
    return reverse(f"desk:promise-{name}", args=[promise.pk, *how]) + "?from=list"


def page(client: Any) -> str:
    return client.get(reverse("desk:promises"), {"state": "all"}).content.decode()


def test_kept_in_the_row_the_list_reads_itself_again(as_user: Any, sari: User, promise: Promise) -> None:
    client = as_user(sari)
    assert address(promise, "end", "kept") in page(client)
    answer = client.post(address(promise, "end", "kept"), headers=HTMX)
    assert answer.status_code == 204
    assert all(one in _news(answer) for one in ("sapa:moved", "sapa:toast", "Promise kept"))
    assert Promise.objects.kept().get() == promise
    assert address(promise, "end", "kept") not in page(client)


def test_withdrawn_in_the_row_it_asks_why(as_user: Any, sari: User, promise: Promise) -> None:
    client = as_user(sari)
    assert address(promise, "withdraw") in client.get(address(promise, "withdraw"), headers=HTMX).content.decode()
    assert client.post(address(promise, "withdraw"), {"reason": ""}, headers=HTMX).status_code == 422
    assert not Promise.objects.get().withdrawn_at
    answer = client.post(address(promise, "withdraw"), {"reason": "Tidak perlu"}, headers=HTMX)
    assert (answer.status_code, Promise.objects.get().reason) == (204, "Tidak perlu")
    assert "sapa:done" in _news(answer)


def test_who_may_not_promise_has_no_button_and_is_refused(as_user: Any, promise: Promise) -> None:
    client = as_user(a_member("Adi Admin", Role.ADMINISTRATOR))
    assert address(promise, "end", "kept") not in page(client)
    assert client.post(address(promise, "end", "kept"), headers=HTMX).status_code in (403, 404)
    assert Promise.objects.get().is_open


def _news(answer: Any) -> str:
    return str(answer["HX-Trigger"])
