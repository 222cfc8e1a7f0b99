"""A promise broken: written in an answer, found by the guard, forgotten by its keeper, seen by the supervisor."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from crm.cases.models import Promise
from crm.events.subscribe import deliver_all
from crm.staff.models import Role
from tests.browser.conftest import PATIENCE
from tests.people import a_case, a_customer, a_member, a_team
from tests.processes import clock_worker

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_broken_promise_reaches_the_supervisor(desk_of: Any) -> None:
    team = a_team()
    sari = a_member(teams=(team,))
    ratna = a_member("Ratna Kusumaningrum", Role.SUPERVISOR, teams=(team,))
    case = a_case(customer=a_customer(email="rina@example.com"), team=team)

    agent = desk_of(sari)
    agent.goto(f"/cases/{case.number}/")
    agent.locator("select[data-road]").select_option(label="E-mail · r•••@example.com")
    agent.locator("#draft").fill("Halo Ibu Rina, terima kasih. Kami telepon Ibu besok pukul 10.00.")
    agent.locator("#promise-offer").get_by_role("button", name="Record…").click()
    dialog = agent.locator("#sheet")
    expect(dialog.get_by_label("What we do")).to_have_value("Kami telepon Ibu besok pukul 10.00")
    dialog.get_by_role("button", name="Record").click()
    expect(agent.locator("#promise-offer")).to_contain_text("goes with it")
    agent.locator("[data-send]").click()
    expect(agent.locator(".promises li")).to_contain_text("Kami telepon Ibu besok", timeout=PATIENCE)

    gone = timezone.now() - dt.timedelta(seconds=1)
    Promise.objects.update(made_at=gone - dt.timedelta(hours=1), due_at=gone, wake_at=gone)
    lead = desk_of(ratna)
    with clock_worker():
        expect(agent.locator("#thread")).to_contain_text("A promise was not kept", timeout=PATIENCE)
    expect(agent.locator(".promises li.late")).to_contain_text("Not kept")
    deliver_all()
    lead.goto("/promises/?state=broken")
    expect(lead.get_by_role("row", name="Kami telepon Ibu besok")).to_contain_text("Broken")
    lead.goto("/notifications/")
    expect(lead.locator("main")).to_contain_text("A promise was broken")
