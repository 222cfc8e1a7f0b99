"""Staff act on cases from their own system; their role and teams decide, as they do on the desk."""

import datetime as dt

import pytest
from django.utils import timezone

from crm.cases.models import Case, Escalation
from crm.events.models import Event
from crm.staff.models import Division, Role
from tests.api.people import make_person, wrong_fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def network():
    return Division.objects.create(code="network", name="Jaringan", name_en="Network")


@pytest.fixture
def engineer(network):
    return make_person("tono", Role.DIVISION, number="200001", division=network)


def test_an_answered_case_is_settled(caller, url, answered, agent):
    answer = caller.post(f"{url}/settle", {"staff_number": "104417", "outcome": "solved", "text": "Kuota kembali."})
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["outcome"]) == ("settled", "solved")
    assert Event.objects.get(kind="case.settled").actor_id == agent.pk


def test_a_case_nobody_answered_cannot_be_settled(caller, url, agent):
    answer = caller.post(f"{url}/settle", {"staff_number": "104417", "outcome": "solved"})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:sapa:problem:first_reply_missing")
    assert Case.objects.get().state == "new"


def test_settling_twice_is_an_illegal_transition(caller, url, answered):
    settle = {"staff_number": "104417", "outcome": "solved"}
    caller.post(f"{url}/settle", settle)
    answer = caller.post(f"{url}/settle", settle)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:sapa:problem:illegal_transition")
    assert Event.objects.filter(kind="case.settled").count() == 1


def test_a_settled_case_is_reopened_with_a_reason(caller, url, answered):
    caller.post(f"{url}/settle", {"staff_number": "104417", "outcome": "solved"})
    answer = caller.post(f"{url}/reopen", {"staff_number": "104417", "reason": "Pelanggan menelepon lagi."})
    assert answer.json()["state"] == "open"


def test_waiting_for_an_appointment_needs_its_time(caller, url, agent):
    answer = caller.post(f"{url}/wait", {"staff_number": "104417", "waiting_for": "appointment"})
    assert wrong_fields(answer) == {"until": "bad_time"}
    assert Case.objects.get().state == "new"


def test_a_case_waits_and_goes_on(caller, url, agent):
    until = (timezone.now() + dt.timedelta(days=1)).isoformat()
    said = {"staff_number": "104417", "waiting_for": "appointment", "until": until}
    assert caller.post(f"{url}/wait", said).json()["state"] == "waiting"
    assert caller.post(f"{url}/resume", {"staff_number": "104417"}).json()["state"] == "open"


def test_an_appointment_in_the_past_is_refused(caller, url, agent):
    said = {"staff_number": "104417", "waiting_for": "appointment", "until": "2026-01-01T00:00:00Z"}
    assert wrong_fields(caller.post(f"{url}/wait", said)) == {"until": "past"}
    assert Case.objects.get().state == "new"


def test_a_division_accepts_and_hands_back(caller, url, agent, engineer):
    up = {"staff_number": "104417", "party": "division", "division": "network", "reason": "BTS mati."}
    assert caller.post(f"{url}/escalate", up).json()["division"] == "network"
    assert caller.post(f"{url}/escalation/accept", {"staff_number": "200001"}).status_code == 200
    back = {"staff_number": "200001", "reason": "Sudah menyala."}
    assert caller.post(f"{url}/escalation/hand-back", back).json()["party"] == "team"
    assert Escalation.objects.get().accepted_by == engineer


def test_reasons_stay_in_the_house(caller, url, agent, engineer):
    up = {"staff_number": "104417", "party": "division", "division": "network", "reason": "BTS mati."}
    caller.post(f"{url}/escalate", up)
    assert b"BTS mati" not in caller.get(url).content


def test_nothing_is_accepted_where_nothing_was_escalated(caller, url, answered):
    supervisor = make_person("sri", Role.SUPERVISOR, answered.team, "300001")
    answer = caller.post(f"{url}/escalation/accept", {"staff_number": supervisor.staff_number})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:sapa:problem:escalation_ended")


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        ("settle", {"outcome": "solved"}),
        ("reopen", {"reason": "Lagi."}),
        ("wait", {"waiting_for": "customer"}),
        ("resume", {}),
        ("escalate", {"party": "quality", "reason": "Sulit."}),
        ("escalation/accept", {}),
        ("escalation/hand-back", {"reason": "Bukan kami."}),
    ],
)
class TestEachVerb:
    def test_is_refused_to_an_agent_of_another_team(self, caller, url, social_team, verb, said):
        make_person("budi", Role.AGENT, social_team, "104999")
        answer = caller.post(f"{url}/{verb}", {"staff_number": "104999"} | said)
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:sapa:problem:permission_denied")
        assert Case.objects.get().version == 1

    def test_needs_somebody_who_does_it(self, caller, url, verb, said):
        assert wrong_fields(caller.post(f"{url}/{verb}", said))["staff_number"] == "required"
        assert Case.objects.get().version == 1

    def test_is_refused_to_somebody_who_has_left(self, caller, url, agent, verb, said):
        type(agent).objects.update(is_active=False)
        answer = caller.post(f"{url}/{verb}", {"staff_number": "104417"} | said)
        assert wrong_fields(answer) == {"staff_number": "does_not_exist"}
        assert Case.objects.get().version == 1

    def test_does_nothing_on_a_stale_version(self, caller, url, answered, verb, said):
        make_person("sri", Role.SUPERVISOR, answered.team, "300001")
        answer = caller.post(f"{url}/{verb}", {"staff_number": "300001"} | said, If_Match='"1"')
        assert (answer.status_code, answer.json()["type"]) == (412, "urn:sapa:problem:stale_version")
        assert Case.objects.get().version == answered.version
