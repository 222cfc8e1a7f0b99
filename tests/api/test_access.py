"""Who gets in, with which scope, how often."""

import base64
import datetime as dt

import pytest
import redis
from django.db import connection
from oauth2_provider.models import AccessToken

from crm.api.actions import create_client, revoke_client, rotate_secret
from crm.api.models import ApiClient, Scope
from crm.api.throttle import WINDOW
from crm.cases.models import Case
from tests.api.people import CASES, Caller, give_token

pytestmark = pytest.mark.django_db
TOKEN = "/api/oauth/token/"


def ask_token(http, client, secret, **more):
    basic = base64.b64encode(f"{client.application.client_id}:{secret}".encode()).decode()
    return http.post(TOKEN, {"grant_type": "client_credentials"} | more, headers={"Authorization": f"Basic {basic}"})


@pytest.fixture
def made(administrator):
    return create_client(name="IVR", scopes=[Scope.READ], by=administrator)


def test_a_client_gets_a_token_and_reads(client, made, call_team):
    token = ask_token(client, *made).json()
    assert token["scope"] == "cases:read"
    assert Caller(client, token["access_token"]).get(CASES).status_code == 200


def test_a_token_is_kept_only_as_its_hash(client, made):
    value = ask_token(client, *made).json()["access_token"]
    assert AccessToken.objects.get().token != value
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM oauth2_provider_accesstoken t WHERE t::text LIKE %s", [f"%{value}%"])
        assert cursor.fetchone() == (0,)


def test_no_client_gets_a_scope_it_was_not_given(client, made):
    answer = ask_token(client, *made, scope="cases:read cases:write")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")
    assert not AccessToken.objects.exists()


def test_a_wrong_secret_gets_no_token(client, made):
    assert ask_token(client, made[0], "wrong").status_code == 401
    assert not AccessToken.objects.exists()


def test_a_rotated_secret_shuts_out_the_old_one_and_its_tokens(client, made, administrator):
    system, old = made
    token = ask_token(client, system, old).json()["access_token"]
    new = rotate_secret(client=system, by=administrator)
    system.application.refresh_from_db()
    assert Caller(client, token).get(CASES).status_code == 401
    assert ask_token(client, system, old).status_code == 401
    assert ask_token(client, system, new).status_code == 200


def test_a_revoked_client_is_out_at_once(client, made, administrator):
    system, secret = made
    token = ask_token(client, system, secret).json()["access_token"]
    revoke_client(client=system, by=administrator)
    system.application.refresh_from_db()
    assert Caller(client, token).get(CASES).status_code == 401
    assert ask_token(client, system, secret).status_code == 401


def test_a_client_may_give_back_its_token(client, made):
    system, secret = made
    token = ask_token(client, system, secret).json()["access_token"]
    named = {"client_id": system.application.client_id, "client_secret": secret}
    assert client.post("/api/oauth/revoke/", {"token": token} | named).status_code == 200
    assert Caller(client, token).get(CASES).status_code == 401


def test_without_a_token_nothing_is_told(stranger):
    answer = stranger.get(CASES)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="api"')


def test_an_expired_token_is_no_token(client, system):
    late = Caller(client, give_token(system, lives=dt.timedelta(seconds=-1)))
    answer = late.get(CASES)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="api", error="invalid_token"')


@pytest.mark.parametrize("value", ["", "x", "%00", "é"])
def test_a_made_up_token_is_no_token(client, db, value):
    answer = client.get(CASES, headers={"Authorization": f"Bearer {value}"})
    assert answer.status_code == 401


def test_who_may_only_read_opens_nothing(client, system, a_call, call_team, policy):
    reader = Caller(client, give_token(system, Scope.READ))
    answer = reader.post(CASES, a_call)
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:sapa:problem:insufficient_scope")
    assert 'scope="cases:write"' in answer["WWW-Authenticate"]
    assert not Case.objects.exists()


def test_who_may_only_write_reads_nothing(client, system, url):
    writer = Caller(client, give_token(system, Scope.WRITE))
    assert [writer.get(path).status_code for path in (CASES, url, f"{url}/interactions")] == [403, 403, 403]


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/interactions",
        "/settle",
        "/reopen",
        "/wait",
        "/resume",
        "/escalate",
        "/escalation/accept",
        "/escalation/hand-back",
    ],
)
def test_who_may_only_read_changes_nothing(client, system, url, path):
    reader = Caller(client, give_token(system, Scope.READ))
    method = "POST" if path else "PATCH"
    assert reader.send(method, url + path, {}).status_code == 403
    assert Case.objects.get().version == 1


def test_each_token_has_its_own_scopes(client, system, call_team):
    """Two tokens of one client: neither lends the other its scope."""
    give_token(system, Scope.READ)
    writer = Caller(client, give_token(system, Scope.WRITE))
    assert writer.get(CASES).status_code == 403


def test_a_view_that_names_no_scope_is_closed(client, system, monkeypatch):
    monkeypatch.setattr("crm.api.v1.cases.Cases.scopes", {})
    assert Caller(client, give_token(system)).get(CASES).status_code == 403


def test_a_session_of_the_desk_opens_no_api(client, administrator):
    client.force_login(administrator, backend="crm.staff.backends.StaffBackend")
    assert client.get(CASES).status_code == 401


def test_who_asks_too_often_is_told_when_to_come_back(caller, system, a_call, monkeypatch):
    monkeypatch.setattr("crm.api.throttle.time.time", lambda: 60_000_000_020.0 + system.pk * WINDOW)
    ApiClient.objects.update(requests_per_minute=2)
    assert [caller.get(CASES).status_code for _ in range(2)] == [200, 200]
    answer = caller.post(CASES, a_call)
    assert (answer.status_code, answer["Retry-After"]) == (429, str(WINDOW - 20 % WINDOW))
    assert not Case.objects.exists()


def test_without_redis_nobody_is_held_back(caller, monkeypatch):
    monkeypatch.setattr("crm.api.throttle._redis", lambda: redis.Redis(host="127.0.0.1", port=1))
    ApiClient.objects.update(requests_per_minute=1)
    assert [caller.get(CASES).status_code for _ in range(2)] == [200, 200]
