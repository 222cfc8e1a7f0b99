"""An administrator lets systems in and shuts them out; nobody else does, and no secret is ever shown twice."""

import pytest
from django.contrib import admin
from oauth2_provider.models import AccessToken, Application

from crm.api.models import ApiClient, Scope
from crm.events.models import Event
from crm.staff.models import Role
from tests.api.people import give_token, make_person

pytestmark = pytest.mark.django_db
PAGE = "/api/clients/"
FORM = {"name": "IVR", "scopes": ["cases:read"], "channel": "ivr", "requests_per_minute": "60"}


@pytest.fixture
def desk(client, administrator):
    client.force_login(administrator, backend="crm.staff.backends.StaffBackend")
    return client


def secret_in(answer):
    return answer.context["secret"]


def test_a_new_client_gets_a_secret_that_works(desk, administrator):
    answer = desk.post(f"{PAGE}new/", FORM)
    made = ApiClient.objects.get()
    assert (made.name, made.scopes, made.channel, made.created_by) == ("IVR", [Scope.READ], "ivr", administrator)
    named = {"client_id": made.application.client_id, "client_secret": secret_in(answer)}
    assert desk.post("/api/oauth/token/", {"grant_type": "client_credentials"} | named).status_code == 200


def test_the_secret_is_shown_once_and_kept_by_nobody(desk):
    answer = desk.post(f"{PAGE}new/", FORM)
    secret = secret_in(answer)
    assert secret in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert secret not in desk.get(PAGE).content.decode()
    assert Application.objects.get().client_secret != secret
    assert secret not in str(Event.objects.values_list("facts", flat=True))


def test_a_client_needs_a_name_of_its_own_and_something_to_do(desk, system):
    answer = desk.post(f"{PAGE}new/", FORM | {"name": system.name, "scopes": []})
    assert answer.status_code == 400
    assert set(answer.context["form"].errors) == {"name", "scopes"}
    assert ApiClient.objects.count() == 1


def test_a_new_secret_is_asked_for_twice(desk, system):
    before = system.application.client_secret
    assert desk.get(f"{PAGE}{system.pk}/rotate/").status_code == 200
    system.application.refresh_from_db()
    assert system.application.client_secret == before
    assert secret_in(desk.post(f"{PAGE}{system.pk}/rotate/"))
    system.application.refresh_from_db()
    assert system.application.client_secret != before


def test_a_client_shut_out_stays_on_the_list_without_tokens(desk, system):
    give_token(system)
    desk.post(f"{PAGE}{system.pk}/revoke/")
    assert ApiClient.objects.get().revoked_at
    assert not AccessToken.objects.exists()
    assert system.name in desk.get(PAGE).content.decode()
    assert desk.post(f"{PAGE}{system.pk}/rotate/").status_code == 404


def test_each_act_is_recorded(desk, administrator):
    desk.post(f"{PAGE}new/", FORM)
    made = ApiClient.objects.get()
    desk.post(f"{PAGE}{made.pk}/rotate/")
    desk.post(f"{PAGE}{made.pk}/revoke/")
    kinds = Event.objects.filter(subject_type="apiclient", actor_id=administrator.pk).values_list("kind", flat=True)
    assert list(kinds.order_by("id")) == ["api_client.created", "api_client.secret_rotated", "api_client.revoked"]


@pytest.mark.parametrize("role", [Role.AGENT, Role.QUALITY, Role.SUPERVISOR, Role.DIVISION])
@pytest.mark.parametrize("path", ["", "new/", "{pk}/rotate/", "{pk}/revoke/"])
def test_only_an_administrator_comes_here(client, system, role, path):
    before = system.application.client_secret
    client.force_login(make_person("someone", role), backend="crm.staff.backends.StaffBackend")
    assert client.post(PAGE + path.format(pk=system.pk), FORM).status_code == 403
    system.application.refresh_from_db()
    assert system.application.client_secret == before
    assert ApiClient.objects.get().revoked_at is None


def test_a_stranger_is_sent_to_sign_in(client, system):
    assert client.post(f"{PAGE}{system.pk}/revoke/").status_code == 302
    assert ApiClient.objects.get().revoked_at is None


def test_the_list_costs_the_same_however_long_it_is(desk, system, administrator, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from crm.api.actions import create_client

    desk.get(PAGE)
    with CaptureQueriesContext(connection) as one:
        desk.get(PAGE)
    for name in "abc":
        create_client(name=name, scopes=[Scope.READ], by=administrator)
    with django_assert_num_queries(len(one)):
        desk.get(PAGE)


def test_the_admin_shows_no_credentials():
    from oauth2_provider.models import Grant, IDToken, RefreshToken

    for model in (AccessToken, Application, Grant, IDToken, RefreshToken, ApiClient):
        assert not admin.site.is_registered(model)
