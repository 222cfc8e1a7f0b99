"""The machines and people of these tests, and how answers are read."""

import datetime as dt
import json
import secrets

from django.utils import timezone
from oauth2_provider.models import AccessToken

from crm.staff.models import User

CASES = "/api/v1/cases"


class Caller:
    """An API client's machine: sends JSON with its token. Headers are given as keywords: `If_Match='"1"'`."""

    def __init__(self, http, token):
        self.http, self.token = http, token

    def send(self, method, path, body=None, *, data=None, content_type="application/json", **headers):
        if data is None:
            data = "" if body is None else json.dumps(body)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        signed = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self.http.generic(method, path, data, content_type=content_type, headers=signed | given)

    def get(self, path, **headers):
        return self.send("GET", path, **headers)

    def post(self, path, body, **headers):
        return self.send("POST", path, body, **headers)

    def patch(self, path, body, **headers):
        return self.send("PATCH", path, body, **headers)


def give_token(client, *scopes, lives=dt.timedelta(hours=1)):
    """A token of this client, in clear; with the client's own scopes unless some are named."""
    value = secrets.token_urlsafe(24)
    granted = " ".join(scopes or client.scopes)
    token = AccessToken(application=client.application, expires=timezone.now() + lives, scope=granted, token="")
    token._raw_token = value
    token.save()
    return value


def make_person(name, role, team=None, number=None, **more):
    person = User.objects.create(
        username=name,
        email=f"{name}@sapa.example",
        name=name.title(),
        role=role,
        team=team,
        staff_number=number,
        **more,
    )
    if team:
        person.teams.add(team)
    return person


def wrong_fields(answer):
    """{field: code} of a problem."""
    return {wrong["field"]: wrong["code"] for wrong in answer.json()["errors"]}
