import datetime as dt

import pytest
from django.utils import timezone

from crm.cases import actions
from crm.cases.models import Promise
from crm.desk.handlers import notify
from crm.desk.models import Notification
from crm.events.models import Event
from crm.staff.models import Role
from tests.people import a_case, a_division, a_member


def rung_by(kind: str) -> list[str]:
    for event in Event.objects.filter(kind=kind):
        notify(event)
    return sorted(Notification.objects.values_list("user__name", flat=True))


def test_who_is_given_a_case_hears_of_it(case, sari, ratna):
    actions.assign_case(case=case, by=ratna, assignee=sari)
    assert rung_by("case.assigned") == ["Sari Wulandari"]


def test_taking_a_case_oneself_rings_nobody(case, sari):
    actions.assign_case(case=case, by=sari, assignee=sari)
    assert rung_by("case.assigned") == []


def test_an_event_delivered_twice_rings_once(case, sari, ratna):
    actions.assign_case(case=case, by=ratna, assignee=sari)
    assert rung_by("case.assigned") == rung_by("case.assigned") == ["Sari Wulandari"]


def late(case):
    return Event.objects.create(
        kind="clock.breached", subject_type="case", subject_id=case.pk, at=timezone.now(), facts={"kind": "response"}
    )


def test_a_breach_rings_the_agent_and_the_supervisor_of_the_team(case, sari, ratna, joko):
    actions.assign_case(case=case, by=ratna, assignee=sari)
    late(case)
    assert rung_by("clock.breached") == ["Ratna Kusumaningrum", "Sari Wulandari"]


def test_replayed_history_rings_nobody(team, sari):
    late(a_case(timezone.now() - dt.timedelta(days=30), team=team, is_archive=True))
    assert rung_by("clock.breached") == []


@pytest.mark.parametrize(
    ("party", "name"), [("quality", "Bagas"), ("division", "Togar"), ("supervisor", "Ratna Kusumaningrum")]
)
def test_an_escalation_rings_who_receives_it(case, sari, ratna, party, name):
    network = a_division()
    a_member("Bagas", Role.QUALITY)
    a_member("Togar", Role.DIVISION, division=network)
    division = network if party == "division" else None
    actions.escalate_case(case=case, party=party, division=division, by=sari, reason="Sektor 3")
    assert rung_by("case.escalated") == [name]


@pytest.fixture
def line(case, sari):
    return Notification.objects.create(
        user=sari, case=case, kind="warned", percent=80, clock="response", event_id=1, at=timezone.now()
    )


def test_following_a_line_opens_the_case_and_reads_it(as_user, sari, case, line):
    assert as_user(sari).get(f"/notifications/{line.pk}/").url == f"/cases/{case.number}/"
    line.refresh_from_db()
    assert line.read_at is not None


def test_a_colleagues_line_cannot_be_followed(as_user, ratna, line):
    assert as_user(ratna).get(f"/notifications/{line.pk}/").status_code == 404
    line.refresh_from_db()
    assert line.read_at is None


def test_all_are_read_at_once(as_user, sari, line):
    client = as_user(sari)
    assert "80 %" in client.get("/notifications/").content.decode()
    client.post("/notifications/read/")
    assert not Notification.objects.filter(read_at=None).exists()


def test_a_broken_promise_rings_who_made_it_and_their_supervisor(case, sari, ratna):
    made = timezone.now() - dt.timedelta(hours=2)
    promise = Promise.objects.create(
        case=case, customer=case.customer, text="Kami telepon", keeper=sari, made_by=sari, made_at=made,
        due_at=made + dt.timedelta(hours=1),
    )  # fmt: skip
    facts = {"promise": promise.pk, "keeper": sari.pk}
    Event.objects.create(kind="promise.broken", subject_type="case", subject_id=case.pk, facts=facts)
    assert rung_by("promise.broken") == ["Ratna Kusumaningrum", "Sari Wulandari"]
    assert set(Notification.objects.values_list("words", flat=True)) == {"Kami telepon"}
