"""A call-centre system with a token, and the people and places it needs."""

import pytest

from crm.api.actions import create_client
from crm.api.models import Scope
from crm.api.names import forget_names
from crm.cases.defaults import ensure_policy
from crm.cases.models import Case
from crm.staff.models import Role, Team
from tests.api.people import CASES, Caller, give_token, make_person

ALL = [Scope.READ, Scope.WRITE]


@pytest.fixture(autouse=True)
def _fresh_names():
    forget_names()


@pytest.fixture(autouse=True)
def _quick_hashes(settings):
    """Each test makes clients, and a real hash of a secret takes a third of a second."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def call_team(db):
    return Team.objects.create(code="call", name="Call centre", channels=["call", "ivr"], position=0)


@pytest.fixture
def social_team(call_team):
    return Team.objects.create(code="social", name="Social desk", channels=["x", "instagram"], position=1)


@pytest.fixture
def agent(call_team):
    return make_person("dewi", Role.AGENT, call_team, "104417")


@pytest.fixture
def administrator(db):
    return make_person("admin", Role.ADMINISTRATOR)


@pytest.fixture
def policy(db):
    return ensure_policy()


@pytest.fixture
def system(administrator):
    """The call centre's system: reads and writes, channel call."""
    return create_client(name="Call centre", scopes=ALL, channel="call", by=administrator)[0]


@pytest.fixture
def caller(client, system, call_team, policy):
    return Caller(client, give_token(system))


@pytest.fixture
def other_caller(client, administrator, call_team, policy):
    """The counters' system."""
    counters = create_client(name="GraPARI", scopes=ALL, channel="counter", by=administrator)[0]
    return Caller(client, give_token(counters))


@pytest.fixture
def stranger(client):
    """Somebody without a token."""
    return Caller(client, None)


@pytest.fixture
def a_call():
    """What a call centre sends."""
    return {"customer": {"msisdn": "0812 3456 7890", "name": "Rina"}, "text": "Kuota saya hilang.", "kind": "complaint"}


@pytest.fixture
def case(caller, a_call):
    """A case opened by REST a moment ago."""
    return Case.objects.get(number=caller.post(CASES, a_call).json()["number"])


@pytest.fixture
def url(case):
    return f"{CASES}/{case.number}"


@pytest.fixture
def answered(caller, url, agent):
    """The case of `url`, once answered by an agent on the phone."""
    said = {"direction": "out", "text": "Sudah kami kembalikan.", "staff_number": agent.staff_number}
    caller.post(f"{url}/interactions", said)
    return Case.objects.get()
