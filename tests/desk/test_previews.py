"""What a draft would have done, tried from its form: nothing stored moves, and the list is as long as the number."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from crm.cases import actions
from crm.cases.models import PolicyPreview, PreviewChange, SlaClock, SlaPolicy
from tests.desk.conftest import text_of
from tests.desk.test_settings import filled
from tests.people import a_case, a_member

TWO_DAYS_AGO = dt.timedelta(days=2)


@pytest.fixture
def draft(ratna):
    return actions.draft_policy(by=ratna)


def answered(team, sari, minutes: int, *, tier: str = "gold") -> None:
    at = timezone.now() - TWO_DAYS_AGO
    case = a_case(at, team=team, tier=tier)
    later = at + dt.timedelta(minutes=minutes)
    actions.add_interaction(case=case, direction="out", channel="call", text="Baik.", by=sari, at=later)


def tried(client, draft, **more):
    sent = filled(draft, **{"days": "7", "targets-0-response_seconds": "10", "targets-1-response_seconds": "10"} | more)
    return client.post(reverse("desk:preview-begin", args=[draft.version]), sent)


def test_what_the_form_says_is_tried_and_neither_saved_nor_applied(as_user, ratna, sari, team, draft):
    answered(team, sari, 12)
    before = list(SlaClock.objects.order_by("pk").values())
    page = tried(as_user(ratna), draft).content.decode()
    assert "1 more" in page
    assert list(SlaClock.objects.order_by("pk").values()) == before
    assert set(draft.targets.values_list("response_seconds", flat=True)) == {900}


def test_each_figure_leads_to_as_many_clocks(as_user, ratna, sari, team, draft):
    for minutes in (5, 12, 14):
        answered(team, sari, minutes)
    client = as_user(ratna)
    tried(client, draft)
    made = PolicyPreview.objects.get()
    page = client.get(reverse("desk:preview-changes", args=[draft.version, made.pk]) + "?turn=worse")
    rows = page.context["rows"]
    assert made.tally["changed"] == page.context["number"] == len(rows) == 2
    assert {row.then for row in rows} == {"missed"}
    text = text_of(client.get(reverse("desk:preview-export", args=[draft.version, made.pk, "csv"])))
    assert len(text.splitlines()) == 3


def test_of_a_case_of_another_team_only_the_number_is_told(as_user, ratna, sari, joko, draft):
    at = timezone.now() - TWO_DAYS_AGO
    theirs = a_case(at, team=joko.teams.first())
    actions.add_interaction(
        case=theirs, direction="out", channel="call", text="Baik.", by=joko, at=at + TWO_DAYS_AGO / 200
    )
    client = as_user(ratna)
    tried(client, draft)
    page = client.get(reverse("desk:preview-changes", args=[draft.version, PolicyPreview.objects.get().pk]))
    assert f"#{theirs.number}" in page.content.decode()
    assert theirs.customer.name not in page.content.decode()
    assert f"/cases/{theirs.number}/" not in page.content.decode()


def test_a_form_that_is_wrong_is_not_counted(as_user, ratna, draft):
    for wrong in ({"days": "31"}, {"targets-1-response_seconds": "0"}, {"warn_percents": "120"}):
        assert tried(as_user(ratna), draft, **wrong).status_code == 422
    assert not PolicyPreview.objects.exists()


@pytest.fixture
def nothing_at_once(monkeypatch):
    monkeypatch.setattr("crm.desk.views.previews.AT_ONCE", 0)


@pytest.mark.usefixtures("nothing_at_once")
def test_a_long_one_is_counted_by_a_worker_and_shows_how_far_it_is(as_user, ratna, sari, team, draft):
    answered(team, sari, 12)
    client = as_user(ratna)
    page = tried(client, draft).content.decode()
    assert "0 of 1 cases counted" in page
    assert 'hx-trigger="every 1s"' in page
    made = PolicyPreview.objects.get()
    while actions.count_on(made.pk):
        continue
    page = client.get(reverse("desk:preview", args=[draft.version, made.pk])).content.decode()
    assert "1 more" in page
    assert "every 1s" not in page


def test_a_long_list_asks_as_few_questions_as_a_short_one(as_user, ratna, sari, team, draft):
    answered(team, sari, 12)
    client = as_user(ratna)
    tried(client, draft)
    made = PolicyPreview.objects.get()
    url = reverse("desk:preview-changes", args=[draft.version, made.pk])

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(url)
        return len(asked)

    questions()
    few = questions()
    one = PreviewChange.objects.values().get()
    one.pop("id")
    PreviewChange.objects.bulk_create(PreviewChange(**one | {"turn": turn}) for turn in range(2, 60))
    assert questions() == few


def test_an_agent_tries_nothing(as_user, sari, draft):
    assert tried(as_user(sari), draft).status_code == 403
    assert not PolicyPreview.objects.exists()


def test_a_draft_is_published_by_a_second_person_for_the_cases_that_come(as_user, ratna, team, draft):
    hendro = a_member("Hendro Wibisono", "supervisor", teams=(team,))
    client = as_user(ratna)
    answer = client.post(reverse("desk:policy-publish", args=[draft.version]), {"seen": draft.stamp}, follow=True)
    assert "Hendro Wibisono" in answer.content.decode()
    assert SlaPolicy.objects.get(pk=draft.pk).published_at is None
    as_user(hendro).post(reverse("desk:policy-publish", args=[draft.version]), {"seen": draft.stamp})
    assert a_case(team=team).clocks.first().policy == draft


def test_asking_tells_the_others_by_name(as_user, ratna, team, draft):
    a_member("Hendro Wibisono", "supervisor", teams=(team,))
    answer = as_user(ratna).post(reverse("desk:policy-ask", args=[draft.version]), follow=True)
    assert "Asked: Hendro Wibisono" in answer.content.decode()


def test_a_discarded_draft_is_gone(as_user, ratna, draft):
    as_user(ratna).post(reverse("desk:policy-discard", args=[draft.version]))
    assert not SlaPolicy.objects.filter(pk=draft.pk).exists()


def test_two_versions_are_compared(as_user, ratna, draft):
    client = as_user(ratna)
    client.post(reverse("desk:policy", args=[draft.version]), filled(draft, pause_for_customer="on"))
    page = client.get(reverse("desk:policy-compare") + "?from=1&to=2").content.decode()
    assert "Pause for the customer" in page
    assert "1 difference" in page


def test_a_draft_that_a_colleague_saved_meanwhile_is_not_written_over(as_user, ratna, draft):
    client = as_user(ratna)
    mine = filled(draft, note="Mine")
    client.post(reverse("desk:policy", args=[draft.version]), filled(draft, note="First"))
    answer = client.post(reverse("desk:policy", args=[draft.version]), mine)
    assert answer.status_code == 409
    assert "Somebody saved this draft meanwhile" in answer.content.decode()
    assert SlaPolicy.objects.get(pk=draft.pk).note == "First"
