import pytest
from django.http import FileResponse
from django.test import Client
from pytest_django import Settings

from crm.cases.defaults import ensure_policy
from crm.cases.models import Case, SlaPolicy
from crm.customers.models import ContactPoint
from crm.messaging import channels
from crm.staff.models import Role, Team, User
from tests.desk.network import Network
from tests.people import a_case, a_customer, a_member, a_team

HTMX = {"HX-Request": "true"}


def text_of(file: FileResponse) -> str:
    """What a download holds. Read to its end, it is closed."""
    return file.getvalue().decode()


@pytest.fixture(autouse=True)
def policy(db: None) -> SlaPolicy:
    return ensure_policy()


@pytest.fixture
def team() -> Team:
    return a_team(channels=["call"])


@pytest.fixture
def sari(team: Team) -> User:
    return a_member(teams=(team,))


@pytest.fixture
def ratna(team: Team) -> User:
    return a_member("Ratna Kusumaningrum", Role.SUPERVISOR, teams=(team,))


@pytest.fixture
def joko() -> User:
    """A colleague of another team."""
    return a_member("Joko Prasetyo", teams=(a_team("Call centre"),))


@pytest.fixture
def case(team: Team) -> Case:
    """Rina's complaint by phone, nobody's yet."""
    rina = a_customer("Rina Maharani", email="rina@example.com", msisdn="+6281200004471")
    return Case.objects.get(pk=a_case(customer=rina, team=team).pk)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    """What stands for X: tests say what it allows."""
    made = Network()
    monkeypatch.setitem(channels._adapters, "x", made)
    return made


@pytest.fixture
def mention(team: Team) -> Case:
    """Rina's public mention of @sapa_care."""
    rina = a_customer("Rina Maharani", email="rina@example.com")
    ContactPoint.objects.create(customer=rina, kind="handle", network="x", value="rinamhrn")
    said = {"account": "sapa_care", "is_public": True, "external_id": "100", "conversation": "100"}
    return Case.objects.get(pk=a_case(customer=rina, team=team, channel="x", **said).pk)


@pytest.fixture
def desk(as_user, sari: User) -> Client:
    """Sari's browser."""
    return as_user(sari)


@pytest.fixture
def as_user(client: Client, settings: Settings):
    """`as_user(sari)` is Sari's browser."""
    settings.LANGUAGE_CODE = "en"

    def sign_in(user: User) -> Client:
        User.objects.filter(pk=user.pk).update(language="en")
        client.force_login(user, backend="crm.staff.backends.StaffBackend")
        return client

    return sign_in
