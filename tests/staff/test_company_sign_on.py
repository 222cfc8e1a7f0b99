from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from crm.staff.models import SignIn, SignInMethod, SignInOutcome, User
from tests.staff.provider import Provider, running
from tests.staff.test_second_step import code_of, protected


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    with running() as provider:
        for name, value in provider.settings().items():
            setattr(settings, name, value)
        settings.AUTHENTICATION_BACKENDS = [*settings.AUTHENTICATION_BACKENDS, "crm.staff.backends.CompanySignOn"]
        yield provider


def sign_on(client: Client, provider: Provider, target: str = "/me/") -> HttpResponse:
    begun = client.get(f"/login/company/?next={target}")
    return client.get(provider.agree(begun["Location"]))


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_button_stands_there_only_when_it_is_set_up(client, db, settings):
    assert "Company account" not in client.get("/login/", headers={"accept-language": "en"}).content.decode()
    assert client.get("/login/company/").status_code == 404
    assert client.get("/login/company/return/").status_code == 404
    settings.OIDC_RP_CLIENT_ID = "sapa"
    assert "Company account" in client.get("/login/", headers={"accept-language": "en"}).content.decode()


def test_an_agent_signs_in_with_the_company_account(client, provider, sari):
    provider.person["email"] = sari.email.upper()
    assert sign_on(client, provider)["Location"] == "/me/"
    assert is_in(client)
    attempt = SignIn.objects.get()
    assert (attempt.user, attempt.outcome, attempt.method) == (sari, SignInOutcome.OK, SignInMethod.COMPANY)


def test_nobody_registers_themselves(client, provider, sari):
    provider.person["email"] = "orang.baru@sapa.example"
    assert sign_on(client, provider)["Location"] == "/login/"
    assert not is_in(client)
    assert User.objects.count() == 1
    assert SignIn.objects.get().outcome == SignInOutcome.UNKNOWN


def test_a_closed_account_stays_closed(client, provider, sari):
    User.objects.filter(pk=sari.pk).update(is_active=False)
    provider.person["email"] = sari.email
    sign_on(client, provider)
    assert not is_in(client)


def test_an_address_the_provider_has_not_verified_opens_nothing(client, provider, sari):
    provider.person |= {"email": sari.email, "email_verified": False}
    sign_on(client, provider)
    assert not is_in(client)


@pytest.mark.parametrize("claims", [{"aud": "another-client"}, {"aud": ["another-client"]}, {"nonce": "x"}, {"exp": 1}])
def test_a_token_for_another_client_another_time_or_already_over_opens_nothing(client, provider, sari, claims):
    provider.person["email"], provider.claims = sari.email, claims
    assert sign_on(client, provider)["Location"] == "/login/"
    assert not is_in(client)


def test_a_token_somebody_else_signed_opens_nothing(client, provider, sari):
    provider.person["email"] = sari.email
    provider.signing_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    sign_on(client, provider)
    assert not is_in(client)


def test_an_answer_nobody_asked_for_opens_nothing(client, provider, sari):
    provider.person["email"] = sari.email
    begun = Client().get("/login/company/")
    client.get(provider.agree(begun["Location"]))
    assert not is_in(client)


def test_an_answer_works_once(client, provider, sari):
    provider.person["email"] = sari.email
    back = provider.agree(client.get("/login/company/")["Location"])
    client.get(back)
    client.post("/logout/")
    client.get(back)
    assert not is_in(client)


def test_a_provider_that_is_down_is_said_and_nothing_opens(client, provider, sari, settings):
    settings.OIDC_OP_TOKEN_ENDPOINT = "http://127.0.0.1:1/token"
    page = client.get(provider.agree(client.get("/login/company/")["Location"]), follow=True)
    assert page.status_code == 200
    assert page.context["messages"]
    assert not is_in(client)


def test_the_second_step_is_asked_for_all_the_same(client, provider, sari):
    device, _ = protected(sari)
    provider.person["email"] = sari.email
    assert sign_on(client, provider)["Location"] == "/login/second-step/"
    assert not is_in(client)
    client.post("/login/second-step/", {"token": code_of(device, 1)})
    assert is_in(client)


def test_nobody_is_led_away_by_the_company_sign_on(client, provider, sari):
    provider.person["email"] = sari.email
    assert sign_on(client, provider, "https://evil.example/")["Location"] == "/"
