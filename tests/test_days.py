"""No day of a link is too far away for a page."""

import pytest
from django.test import Client

from crm.cases.defaults import ensure_policy
from crm.lib.days import day_of
from crm.staff.models import Role
from tests.people import a_member, a_team


@pytest.fixture
def pages(client: Client, db: None) -> Client:
    ensure_policy()
    client.force_login(a_member(role=Role.SUPERVISOR, teams=(a_team(),)))
    return client


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
@pytest.mark.parametrize(
    "address",
    [
        "/desk/?queue=all&since={day}&until={day}",
        "/settings/audit/?since={day}&until={day}",
        "/breaches/?state=all&since={day}&until={day}",
        "/breaches/causes/?since={day}&until={day}",
        "/promises/?since={day}&until={day}",
        "/reports/sla/?period=choose&since={day}&until={day}",
        "/reports/volumes/?period=choose&since={day}&until={day}",
        "/staff/shifts/?week={day}",
    ],
)
def test_a_day_out_of_reach_is_no_fault(pages: Client, address: str, day: str) -> None:
    assert pages.get(address.format(day=day), follow=True).status_code == 200


@pytest.mark.parametrize("text", ["9999-12-31", "0001-01-01", "soon"])
def test_a_day_out_of_reach_is_no_day(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        day_of(text)
