"""The page of the tree."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.cases.models import Category
from tests.people import a_case


@pytest.fixture
def network():
    return Category.objects.create(code="network", name="Jaringan", name_en="Network")


def given(**fields):
    return {"code": "signal", "name": "Sinyal", "name_en": "Signal", "is_active": "on"} | fields


def test_a_supervisor_adds_a_category_beneath_another(as_user, ratna, network):
    answer = as_user(ratna).post("/settings/categories/new/", given(parent=network.pk, kind="complaint"))
    added = Category.objects.get(code="signal")
    assert (answer.status_code, added.parent, added.kind) == (302, network, "complaint")


def test_a_code_that_is_taken_is_said_at_its_field(as_user, ratna, network):
    answer = as_user(ratna).post("/settings/categories/new/", given(code="network"))
    assert answer.status_code == 422
    assert "id_code_error" in answer.content.decode()
    assert Category.objects.count() == 1


def test_the_history_says_from_what_to_what_and_who(as_user, ratna, network):
    client = as_user(ratna)
    client.post(f"/settings/categories/{network.pk}/", given(name_en="Networks", name="Jaringan"))
    page = client.get(f"/settings/categories/{network.pk}/").content.decode()
    assert '<span class="old">Network</span>' in page
    assert "<b>Networks</b>" in page
    assert "Ratna Kusumaningrum" in page


def test_resting_with_active_ones_beneath_is_refused_at_the_tick(as_user, ratna, network):
    Category.objects.create(code="signal", name="Sinyal", name_en="Signal", parent=network)
    answer = as_user(ratna).post(f"/settings/categories/{network.pk}/", {"name": "Jaringan", "name_en": "Network"})
    assert answer.status_code == 422
    assert "Active categories lie beneath it" in answer.content.decode()
    network.refresh_from_db()
    assert network.is_active


def test_merging_says_how_many_cases_moved(as_user, ratna, network):
    signal = Category.objects.create(code="signal", name="Sinyal", name_en="Signal")
    a_case(category=signal)
    sent = {"into": network.pk, "also_running": "on"}
    page = as_user(ratna).post(f"/settings/categories/{signal.pk}/merge/", sent, follow=True).content.decode()
    assert "1 running case moved" in page


def test_an_agent_sees_and_changes_nothing(as_user, sari, network):
    client = as_user(sari)
    assert client.get("/settings/categories/").status_code == 403
    for path in ("new/", f"{network.pk}/", f"{network.pk}/move/", f"{network.pk}/merge/"):
        assert client.post(f"/settings/categories/{path}", given()).status_code == 403
    assert Category.objects.count() == 1


def test_a_large_tree_asks_as_few_questions_as_a_small_one(as_user, ratna, network):
    client = as_user(ratna)
    client.get("/settings/categories/")

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/settings/categories/{network.pk}/")
        return len(asked)

    few = questions()
    Category.objects.bulk_create(
        Category(code=f"c{n}", name="x", name_en="x", parent=network, position=n) for n in range(60)
    )
    assert questions() == few
