import datetime as dt

import pytest
from axes.models import AccessAttempt
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from crm.staff import actions
from crm.staff.locks import locked_accounts
from crm.staff.models import Role, SignIn, SignInOutcome
from tests.people import a_team
from tests.staff.conftest import a_person, log_in

pytestmark = pytest.mark.django_db


def lock(name: str, client: Client | None = None) -> None:
    for _ in range(5):
        last = log_in(client or Client(), name, "salah")
    assert last.status_code == 429


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_five_wrong_passwords_lock_the_account_even_for_the_right_one(client, sari):
    lock(sari.username)
    response = log_in(client, sari)
    assert response.status_code == 429
    assert not is_in(client)
    assert [a.outcome for a in SignIn.objects.order_by("id")] == [SignInOutcome.FAILED] * 4 + [SignInOutcome.LOCKED] * 2


def test_the_page_says_until_when(client, sari):
    lock(sari.username)
    until = AccessAttempt.objects.get().attempt_time + dt.timedelta(minutes=15)
    page = client.post("/login/", {"username": sari.username, "password": "x"}, headers={"accept-language": "en"})
    assert f"locked until {timezone.localtime(until):%H:%M} WIB" in page.content.decode()


def test_trying_the_same_account_by_its_other_names_counts_together(sari):
    for name in (sari.username, sari.email, sari.staff_number, sari.username.upper()):
        log_in(Client(), name, "salah")
    assert log_in(Client(), sari.email.upper(), "salah").status_code == 429


def test_the_lock_ends_by_itself(client, sari):
    lock(sari.username)
    AccessAttempt.objects.update(attempt_time=timezone.now() - dt.timedelta(minutes=15, seconds=1))
    log_in(client, sari)
    assert is_in(client)


def test_trying_during_the_lock_does_not_lengthen_it(sari):
    lock(sari.username)
    before = AccessAttempt.objects.get().attempt_time
    log_in(Client(), sari, "salah")
    assert AccessAttempt.objects.get().attempt_time == before


def test_a_lock_at_one_address_leaves_the_person_free_at_another(client, sari):
    lock(sari.username, Client(REMOTE_ADDR="203.0.113.9"))
    log_in(client, sari)
    assert is_in(client)


def test_an_unknown_name_locks_just_the_same_and_is_not_kept_readable():
    lock("bukan.siapa.siapa")
    assert AccessAttempt.objects.get().username.startswith("#")


def test_the_right_password_forgets_earlier_failures(client, sari):
    for _ in range(4):
        log_in(client, sari, "salah")
    log_in(client, sari)
    assert not AccessAttempt.objects.exists()


def test_a_supervisor_releases_the_lock_of_their_agent(client, sari, supervisor):
    lock(sari.username)
    assert actions.release_lock(person=sari, by=supervisor)
    log_in(client, sari)
    assert is_in(client)


@pytest.mark.parametrize("role", [Role.AGENT, Role.QUALITY, Role.DIVISION, Role.SUPERVISOR])
def test_nobody_else_releases_it(sari, role):
    stranger = a_person("Orang Lain", role, teams=(a_team("Call centre"),))
    lock(sari.username)
    with pytest.raises(PermissionDenied):
        actions.release_lock(person=sari, by=stranger)
    assert sari.username in locked_accounts([sari.username], timezone.now())
