"""A call-centre system with a token, and the people and places it needs."""

import datetime as dt
import json
import secrets

import pytest
from django.utils import timezone
from oauth2_provider.models import AccessToken

from crm.api.actions import create_client
from crm.api.models import Scope
from crm.cases.defaults import ensure_policy
from crm.staff.models import Role, Team, User


class Caller:
    """An API client's machine: sends JSON with its token, answers parsed JSON."""

    def __init__(self, http, token):
        self.http, self.token = http, token

    def send(self, method, path, body=None, *, data=None, content_type="application/json", **headers):
        if data is None:
            data = "" if body is None else json.dumps(body)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        auth = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self.http.generic(method, path, data, content_type=content_type, headers=auth | given)

    def get(self, path, **headers):
        return self.send("GET", path, **headers)

    def post(self, path, body, **headers):
        return self.send("POST", path, body, **headers)

    def patch(self, path, body, **headers):
        return self.send("PATCH", path, body, **headers)


def give_token(client, scope=None, hours=1):
    value = secrets.token_urlsafe(24)
    scopes = client.scopes if scope is None else [scope]
    token = AccessToken(
        application=client.application, expires=timezone.now() + dt.timedelta(hours=hours), scope=" ".join(scopes)
    )
    token.token, token._raw_token = "", value
    token.save()
    return value


@pytest.fixture
def social_team(db):
    return Team.objects.create(code="social", name="Social desk", channels=["x", "instagram"], position=1)


@pytest.fixture
def call_team(db, social_team):
    return Team.objects.create(code="call", name="Call centre", channels=["call", "ivr"], position=0)


def make_person(name, role, team=None, number=None, **more):
    person = User.objects.create(
        username=name, email=f"{name}@sapa.example", name=name.title(), role=role, team=team, staff_number=number, **more
    )
    if team:
        person.teams.add(team)
    return person


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
    client, _secret = create_client(
        name="Call centre", scopes=[Scope.READ, Scope.WRITE], channel="call", by=administrator
    )
    return client


@pytest.fixture
def caller(client, system, call_team, policy):
    return Caller(client, give_token(system))


@pytest.fixture
def stranger(client):
    return Caller(client, None)


@pytest.fixture
def a_call():
    """What a call centre sends."""
    return {"customer": {"msisdn": "0812 3456 7890", "name": "Rina"}, "text": "Kuota saya hilang.", "kind": "complaint"}


@pytest.fixture
def opened(caller, a_call):
    """A case opened by REST a moment ago, as it was answered."""
    return caller.post("/api/v1/cases", a_call).json()
