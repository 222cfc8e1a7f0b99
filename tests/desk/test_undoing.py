"""Undo of settling and assigning from the page: the toast offers it, whatever case is open by then."""

import json

import pytest
from django.urls import reverse

from crm.cases import actions
from crm.cases.models import Case, Category
from crm.desk.handlers import KINDS, UNDONE, notify
from crm.desk.models import Notification
from crm.events.models import Event
from crm.messaging.models import Message
from tests.desk.conftest import HTMX
from tests.people import a_member, a_team


@pytest.fixture
def case(case, sari):
    """Rina's, answered by Sari."""
    actions.answer_case(case=case, text="Halo Ibu Rina.", by=sari, channel="email", recipient="rina@example.com")
    return Case.objects.get(pk=case.pk)


def act(client, case, slug, **data):
    case.refresh_from_db()
    url = reverse("desk:act", args=[case.number, slug])
    return client.post(url, {"version": case.version} | data, headers=HTMX)


def undo(client, case, slug, query=""):
    return client.post(reverse("desk:undo-act", args=[case.number, slug]) + query, headers=HTMX)


def test_settling_goes_on_to_the_next_case_and_offers_undo(desk, case):
    answer = act(desk, case, "settle", outcome="solved")
    assert json.loads(answer["HX-Trigger"])["sapa:next"] == {"from": case.number}
    assert reverse("desk:undo-act", args=[case.number, "settle"]) in answer.content.decode()


def test_or_it_stays(desk, case):
    assert "sapa:next" not in act(desk, case, "settle", outcome="solved", stay="1")["HX-Trigger"]


def test_undone_it_is_open_and_its_clock_runs_to_the_same_deadline(desk, case):
    due_at = case.due_at
    act(desk, case, "settle", outcome="solved", text="Beres.")
    page = undo(desk, case, "settle").content.decode()
    case.refresh_from_db()
    assert (case.state, case.outcome, case.settlement, case.due_at) == ("open", "", "", due_at)
    assert "is as it was" in page
    assert 'id="case-head"' in page


def test_undone_while_another_case_is_open_the_case_comes_back(desk, case):
    act(desk, case, "settle", outcome="solved")
    answer = undo(desk, case, "settle", "?open=1")
    assert json.loads(answer["HX-Trigger"])["sapa:open"] == {"url": reverse("desk:case", args=[case.number])}
    assert 'id="case-head"' not in answer.content.decode()


def test_an_answer_undone_while_another_case_is_open_leaves_that_one_alone(desk, case):
    url = reverse("desk:undo", args=[case.number, Message.objects.get().pk])
    answer = desk.post(f"{url}?open=1", headers=HTMX)
    assert 'id="composer"' not in answer.content.decode()
    assert Message.objects.get().state == "cancelled"


def test_undone_too_late_it_says_so_and_nothing_changes(desk, case, ratna):
    act(desk, case, "settle", outcome="solved")
    actions.add_note(case=case, text="Saya cek.", by=ratna)
    assert "Somebody has acted on this case since." in undo(desk, case, "settle").content.decode()
    case.refresh_from_db()
    assert case.state == "settled"


def test_given_away_by_a_slip_it_comes_back_and_rings_with_nobody(desk, case, sari):
    joko = a_member("Joko Prasetyo", teams=(a_team("Call centre"),))
    act(desk, case, "assign", assignee=joko.pk, team=joko.team_id)
    ring()
    assert Notification.objects.filter(user=joko).exists()
    assert undo(desk, case, "assign").status_code == 200
    ring()
    case.refresh_from_db()
    assert (case.assignee, case.team) == (None, sari.team)
    assert not Notification.objects.filter(user=joko).exists()


def ring():
    for event in Event.objects.filter(kind__in=[*KINDS, *UNDONE]).order_by("pk"):
        notify(event)


def test_a_strangers_settling_is_not_mine_to_undo(as_user, case, sari, ratna):
    act(as_user(sari), case, "settle", outcome="solved")
    undo(as_user(ratna), case, "settle")
    case.refresh_from_db()
    assert case.state == "settled"


def test_no_other_act_is_undone(desk, case):
    assert undo(desk, case, "cancel").status_code == 404


def test_the_dialog_says_what_the_customer_was_told_and_their_last_word(desk, case):
    actions.add_interaction(case=case, direction="in", channel="email", text="Sudah lancar, makasih")
    page = desk.get(reverse("desk:act", args=[case.number, "settle"]), headers=HTMX).content.decode()
    assert "“Halo Ibu Rina.”" in page
    assert "“Sudah lancar, makasih”" in page
    assert "Settle &amp; next" in page


def test_settling_may_correct_the_category(desk, case):
    wrong, right = (make_category(name) for name in ("Lain", "Jaringan"))
    Case.objects.filter(pk=case.pk).update(category=wrong)
    act(desk, case, "settle", outcome="solved", category=right.pk)
    case.refresh_from_db()
    assert (case.state, case.category) == ("settled", right)
    undo(desk, case, "settle")
    case.refresh_from_db()
    assert (case.state, case.category) == ("open", wrong)


def make_category(name):
    return Category.objects.create(code=name.lower(), name=name, name_en=name)
