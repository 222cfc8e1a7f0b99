"""The escalations room: who holds what since when, and the next act."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.cases import actions
from crm.cases.errors import RemindedJustNow
from crm.cases.models import Escalation
from crm.cases.words import Party
from crm.desk.handlers import notify
from crm.desk.models import Notification
from crm.events.models import Event
from crm.staff.models import Role, User
from tests.desk.conftest import HTMX
from tests.people import a_case, a_division, a_member


def escalated(team, ratna: User, *, minutes_ago: int = 60, **to) -> Escalation:
    at = timezone.now() - dt.timedelta(minutes=minutes_ago)
    case = a_case(at - dt.timedelta(minutes=1), team=team)
    to = to or {"party": Party.SUPERVISOR}
    return actions.escalate_case(case=case, by=ratna, reason="Menara di Dago mati.", at=at, **to)


def numbers(client, **query) -> list[str]:
    page = client.get(reverse("desk:escalations"), query).content.decode()
    return [part.split('"')[0] for part in page.split('<tr id="e-')[1:]]


def test_whoever_has_held_longest_stands_first(as_user, ratna, team):
    new, old = escalated(team, ratna, minutes_ago=5), escalated(team, ratna, minutes_ago=90)
    assert numbers(as_user(ratna)) == [str(old.pk), str(new.pk)]


def test_it_is_narrowed_by_party_division_team_and_whether_it_was_accepted(as_user, ratna, team):
    network = a_division()
    mine = escalated(team, ratna)
    theirs = escalated(team, ratna, party=Party.DIVISION, division=network)
    actions.accept_escalation(escalation=mine, by=ratna)
    client = as_user(ratna)
    assert numbers(client, party="division") == [str(theirs.pk)]
    assert numbers(client, division=network.pk) == [str(theirs.pk)]
    assert numbers(client, accepted="yes") == [str(mine.pk)]
    assert numbers(client, accepted="no") == [str(theirs.pk)]
    assert len(numbers(client, team=team.pk)) == 2
    file = client.get(reverse("desk:escalations-export", args=["csv"]), {"party": "division"})
    assert file.getvalue().decode().count("\n") == 2


def test_pages_follow_each_other_without_a_gap(as_user, ratna, team, monkeypatch):
    monkeypatch.setattr("crm.desk.views.escalations.PAGE", 2)
    steps = [escalated(team, ratna, minutes_ago=90 - number) for number in range(5)]
    client, seen, url = as_user(ratna), [], reverse("desk:escalations")
    while url:
        response = client.get(url)
        seen += [line.step.pk for line in response.context["rows"]]
        older = response.context["older_url"]
        url = reverse("desk:escalations") + older if older else ""
    assert seen == [step.pk for step in steps]


def test_it_asks_as_much_for_three_as_for_thirty(as_user, ratna, team, django_assert_max_num_queries):
    client = as_user(ratna)
    for _ in range(30):
        escalated(team, ratna)
    with django_assert_max_num_queries(14):
        assert len(numbers(client)) == 30


def test_it_is_accepted_in_the_list(as_user, ratna, team):
    step = escalated(team, ratna)
    url = reverse("desk:act", args=[step.case.number, "accept"])
    assert as_user(ratna).post(f"{url}?from=list", headers=HTMX).status_code == 204
    assert Escalation.objects.get(pk=step.pk).accepted_by == ratna


def test_a_reminded_division_hears_of_it_and_the_list_says_when(as_user, ratna, team):
    network = a_division()
    togar = a_member("Togar Simanjuntak", Role.DIVISION, division=network)
    step = escalated(team, ratna, party=Party.DIVISION, division=network)
    client = as_user(ratna)
    assert client.post(reverse("desk:remind", args=[step.pk]), headers=HTMX).status_code == 204
    notify(Event.objects.get(kind="escalation.reminded"))
    assert Notification.objects.get(user=togar).case == step.case
    assert "reminded" in client.get(reverse("desk:escalations")).content.decode()


def test_nobody_is_reminded_twice_within_half_an_hour(ratna, team):
    step = escalated(team, ratna)
    now = timezone.now()
    actions.remind(escalation=step, by=ratna, at=now - dt.timedelta(minutes=31))
    actions.remind(escalation=step, by=ratna, at=now)
    with pytest.raises(RemindedJustNow):
        actions.remind(escalation=step, by=ratna, at=now)
    assert Escalation.objects.get(pk=step.pk).reminders == 2
    assert Event.objects.filter(kind="escalation.reminded").count() == 2


def test_nobody_reminds_about_a_case_out_of_their_sight(as_user, ratna, team):
    step = escalated(team, ratna)
    hendro = a_member("Hendro Wibisono", Role.SUPERVISOR)
    assert as_user(hendro).post(reverse("desk:remind", args=[step.pk])).status_code == 404
    assert not Event.objects.filter(kind="escalation.reminded").exists()
