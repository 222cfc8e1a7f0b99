"""Finding a customer over REST: whole, masked, and only with the scope for it."""

import json
from urllib.parse import urlencode

import pytest

from crm.api.actions import create_client
from crm.api.models import Scope
from tests.api.people import Caller, give_token, wrong_fields
from tests.people import a_case, a_customer, a_line, a_team

PATH = "/api/v1/customers"


@pytest.fixture
def rina(policy):
    rina = a_customer(email="rina@example.com", msisdn="+6281200004471", tier="gold", city="Bandung", honorific="Ibu")
    a_line(rina, "+6281300002290")
    return rina


@pytest.fixture
def asking(client, administrator, rina):
    system = create_client(name="Counter", scopes=[Scope.CUSTOMERS_READ], channel="", by=administrator)[0]
    return Caller(client, give_token(system))


def found(caller, q):
    answer = caller.get(f"{PATH}?{urlencode({'q': q})}")
    assert answer.status_code == 200
    return answer.json()["items"]


def test_a_number_finds_its_owner_masked(asking, rina):
    assert found(asking, "0812-0000-4471") == [
        {
            "id": rina.pk, "name": "Rina Maharani", "honorific": "Ibu", "tier": "gold", "city": "Bandung",
            "contact": "+62 813-••••-2290", "products": ["simPATI"], "open_cases": 0, "matched_by": "number",
        }
    ]  # fmt: skip


@pytest.mark.parametrize(("q", "how"), [("rina@example.com", "email"), ("mahrani", "name")])
def test_nothing_in_full_is_answered_however_it_was_asked(asking, rina, q, how):
    [one] = found(asking, q)
    assert one["matched_by"] == how
    assert not [full for full in ("4471", "0000", "rina@example.com") if full in json.dumps(one)]


def test_a_client_of_one_team_finds_nobody_by_another_teams_case(client, administrator, rina):
    team, case = a_team("Call centre"), a_case(customer=rina, team=a_team())
    case.refresh_from_db()
    system = create_client(name="Team", scopes=[Scope.CUSTOMERS_READ], channel="", team=team, by=administrator)[0]
    assert found(Caller(client, give_token(system)), f"#{case.number}") == []
    case.team = team
    case.save()
    assert [one["matched_by"] for one in found(Caller(client, give_token(system)), f"#{case.number}")] == ["case"]


def test_what_is_wrong_is_named(asking):
    for query in ({}, {"q": " "}, {"q": "x" * 101}, {"q": "rina", "name": "x"}):
        answer = asking.get(f"{PATH}?{urlencode(query)}")
        assert answer.status_code == 400
        assert set(wrong_fields(answer)) == ({"name"} if "name" in query else {"q"})


def test_another_scope_does_not_open_it(caller):
    assert caller.get(f"{PATH}?q=rina").status_code == 403
