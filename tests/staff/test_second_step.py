import re
import time

import pytest
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from crm.staff import actions
from crm.staff.entrance import HALF
from crm.staff.errors import WrongCode
from crm.staff.models import SignIn, SignInOutcome, User
from tests.staff.conftest import log_in, signed_in


def code_of(device: TOTPDevice, steps: int = 0) -> str:
    """What the person's phone shows, `steps` half-minutes later."""
    totp = TOTP(device.bin_key)
    totp.time = time.time() + 30 * steps
    return f"{totp.token():06}"


def protected(user: User) -> tuple[TOTPDevice, list[str]]:
    """Switch on the second step of `user`; the phone is then one code further."""
    device = actions.begin_second_step(user=user)
    return actions.confirm_second_step(user=user, token=code_of(device))


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_password_alone_no_longer_opens(client, sari):
    protected(sari)
    response = log_in(client, sari, next="/me/")
    assert response["Location"] == "/login/second-step/"
    assert not is_in(client)
    assert client.get("/me/").status_code == 302


def test_the_code_of_the_phone_opens_the_page_that_was_asked_for(client, sari):
    device, _ = protected(sari)
    log_in(client, sari, next="/me/")
    response = client.post("/login/second-step/", {"token": code_of(device, 1)})
    assert response["Location"] == "/me/"
    assert is_in(client)
    assert SignIn.objects.get(outcome=SignInOutcome.OK).user == sari


def test_a_code_opens_only_once(sari):
    device, _ = protected(sari)
    code = code_of(device, 1)
    for client, opens in ((Client(), True), (Client(), False)):
        log_in(client, sari)
        client.post("/login/second-step/", {"token": code})
        assert is_in(client) is opens


def test_a_recovery_code_opens_once(sari):
    _, codes = protected(sari)
    for client, opens in ((Client(), True), (Client(), False)):
        log_in(client, sari)
        client.post("/login/second-step/", {"token": codes[0].upper()})
        assert is_in(client) is opens
    assert StaticToken.objects.count() == 9


def test_a_wrong_code_is_logged_and_asked_again(client, sari):
    protected(sari)
    log_in(client, sari)
    page = client.post("/login/second-step/", {"token": "000000"})
    assert page.status_code == 200
    assert not is_in(client)
    assert SignIn.objects.get().outcome == SignInOutcome.SECOND_STEP_FAILED


def test_wrong_codes_slow_down_even_the_right_one(client, sari):
    device, _ = protected(sari)
    log_in(client, sari)
    client.post("/login/second-step/", {"token": "000000"})
    client.post("/login/second-step/", {"token": code_of(device, 1)})
    assert not is_in(client)


def test_after_five_wrong_codes_the_password_is_due_again(client, sari):
    protected(sari)
    log_in(client, sari)
    for _ in range(5):
        last = client.post("/login/second-step/", {"token": "000000"})
    assert last["Location"] == "/login/"
    assert client.get("/login/second-step/")["Location"] == "/login/"


def test_the_second_step_waits_five_minutes(client, sari):
    device, _ = protected(sari)
    log_in(client, sari)
    session = client.session
    session[HALF] |= {"until": time.time() - 1}
    session.save()
    assert client.post("/login/second-step/", {"token": code_of(device, 1)})["Location"] == "/login/"
    assert not is_in(client)


def test_a_password_changed_meanwhile_ends_the_half_way(client, sari):
    device, _ = protected(sari)
    log_in(client, sari)
    actions.change_password(user=sari, password="angin laut di Ambon")
    assert client.post("/login/second-step/", {"token": code_of(device, 1)})["Location"] == "/login/"
    assert not is_in(client)


def test_without_a_password_there_is_no_second_step(client, db):
    assert client.get("/login/second-step/")["Location"] == "/login/"


def test_switching_it_on_shows_the_codes_once_and_ends_other_sessions(sari):
    here, elsewhere = signed_in(sari), signed_in(sari)
    drawn = here.get("/me/second-step/").content.decode()
    assert re.search(r"<svg[^>]*>", drawn)
    assert "style=" not in drawn
    page = here.post("/me/second-step/", {"token": code_of(TOTPDevice.objects.get())})
    assert page.content.decode().count("<code>") == 10
    assert here.get("/me/").status_code == 200
    assert elsewhere.get("/me/").status_code == 302


def test_a_wrong_first_code_switches_nothing_on(sari):
    actions.begin_second_step(user=sari)
    with pytest.raises(WrongCode):
        actions.confirm_second_step(user=sari, token="000000")
    assert not TOTPDevice.objects.filter(confirmed=True).exists()
    assert not StaticToken.objects.exists()


def test_switching_it_off_asks_for_a_code(client, sari):
    device, codes = protected(sari)
    log_in(client, sari)
    client.post("/login/second-step/", {"token": codes[0]})
    client.post("/me/second-step/remove/", {"token": "zzzzzzzz"})
    assert TOTPDevice.objects.exists()
    TOTPDevice.objects.update(throttling_failure_count=0)
    client.post("/me/second-step/remove/", {"token": code_of(device, 1)})
    assert not TOTPDevice.objects.exists()
    assert is_in(client)


def test_a_supervisor_removes_it_for_an_agent_who_lost_the_phone(client, sari, supervisor):
    protected(sari)
    signed_in(supervisor).post(f"/staff/people/{sari.pk}/second-step/")
    log_in(client, sari)
    assert is_in(client)
