"""What the product is for, seen in a browser: a case is answered in time, or nobody can miss that it was not."""

import datetime as dt
import json
import re
import urllib.request
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from crm.api.actions import create_client
from crm.api.models import Scope
from crm.api.names import forget_names
from crm.cases.actions import publish_policy
from crm.cases.defaults import ensure_causes
from crm.cases.models import Breach, Case, LadderStep, SlaPolicy, SlaTarget
from crm.cases.words import Outcome, State
from crm.desk.models import Notification
from crm.events.subscribe import deliver_all
from crm.staff.models import Division, Role, Team, User
from tests.api.people import give_token
from tests.browser.conftest import PATIENCE
from tests.people import a_division, a_member, a_team
from tests.processes import clock_worker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def team(site: str) -> Team:
    return a_team("Call centre", channels=["call"])


@pytest.fixture
def sari(team: Team) -> User:
    return a_member(teams=(team,))


@pytest.fixture
def network(team: Team) -> Division:
    return a_division("Jaringan")


@pytest.fixture
def call_centre(site: str, team: Team) -> Any:
    """The call centre's system: posts what a caller says."""
    forget_names()
    administrator = a_member("Yosef Kurniawan", Role.ADMINISTRATOR)
    client = create_client(name="Call centre", scopes=[Scope.WRITE], channel="call", by=administrator)[0]
    token = give_token(client)

    def post(text: str, name: str = "Rina Maharani") -> int:
        body = {"customer": {"msisdn": "081200004471", "name": name}, "text": text, "kind": "complaint"}
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{site}/api/v1/cases", json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request) as answer:
            return int(json.load(answer)["number"])

    return post


def act(page: Page, key: str) -> None:
    page.locator("#case-head h2").click()
    page.keyboard.press(key)


def test_a_call_posted_by_rest_is_answered_escalated_accepted_and_settled(desk_of, call_centre, sari, network):
    desk = desk_of(sari)
    desk.goto("/desk/?queue=unassigned")
    number = call_centre("Sinyal di Dago hilang dari pagi.")
    row = desk.locator(f"#row-{number}")
    expect(row).to_contain_text("Rina Maharani", timeout=PATIENCE)
    expect(row.locator("[data-left]")).to_have_text(re.compile(r"^(15:00|14:\d\d)$"))

    row.locator("a").click()
    expect(desk.locator("#thread")).to_contain_text("Sinyal di Dago hilang dari pagi.")
    desk.fill("#draft", "Halo Ibu Rina, mohon maaf. Kami cek sekarang.")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".msg.out")).to_contain_text("Kami cek sekarang.")
    expect(desk.locator(".clock.done")).to_contain_text("In time")

    act(desk, "e")
    desk.locator("#sheet input[value=division]").check()
    desk.locator("#sheet select[name=division]").select_option(str(network.pk))
    desk.locator("#sheet textarea").fill("Mohon cek sektor 3.")
    desk.locator("#sheet").get_by_role("button", name="Escalate").click()
    expect(desk.locator("#thread")).to_contain_text("escalated it to Network")

    togar = a_member("Togar Simanjuntak", Role.DIVISION, division=network)
    theirs = desk_of(togar)
    theirs.goto("/desk/?queue=all")
    theirs.locator(f"#row-{number} a").click()
    theirs.get_by_role("button", name="Accept").click()
    expect(desk.locator("#thread")).to_contain_text("Togar Simanjuntak accepted it", timeout=PATIENCE)

    act(desk, "s")
    desk.locator("#sheet textarea").fill("Sektor diperbaiki.")
    desk.locator("#sheet").get_by_role("button", name="Settle, stay here").click()
    expect(desk.locator("#case-head")).to_contain_text("Settled: Solved")
    case = Case.objects.get(number=number)
    assert (case.state, case.outcome, case.clocks.filter(verdict="met").count()) == (State.SETTLED, Outcome.SOLVED, 2)


@pytest.fixture
def policy_of_seconds(site: str) -> SlaPolicy:
    """A reply promised within four seconds, for whoever cannot wait a quarter of an hour."""
    policy = SlaPolicy.objects.create(version=2)
    SlaTarget.objects.create(policy=policy, response_seconds=4)
    LadderStep.objects.create(policy=policy, clock="response", percent=100, party="supervisor")
    return publish_policy(policy=policy, by=None)


def test_a_case_left_alone_warns_breaches_and_is_reviewed_signed_off_and_followed_up(
    policy_of_seconds, desk_of, call_centre, sari, team
):
    ensure_causes()
    sari.presence = "available"
    ratna = a_member("Ratna Kusumaningrum", Role.SUPERVISOR, teams=(team,))
    page = desk_of(ratna)
    page.goto("/desk/?queue=unassigned")
    with clock_worker():
        number = call_centre("Pulsa saya terpotong.")
        row = page.locator(f"#row-{number} .case")
        expect(row).to_have_attribute("data-tense", "late", timeout=PATIENCE)
        expect(page.locator(".queues .t-late b")).to_have_text("1", timeout=4 * PATIENCE)  # a worker starts
        row.click()
        expect(page.locator("#thread")).to_contain_text("The reply deadline passed", timeout=PATIENCE)
        expect(page.locator("#thread")).to_contain_text("escalated it to Supervisor", timeout=PATIENCE)
    deliver_all()
    assert Notification.objects.filter(user=sari, kind="warned").count() == 2
    page.goto("/breaches/")
    expect(page.locator(".rev-list")).to_contain_text("Rina Maharani")
    togar = a_member("Togar Simanjuntak", Role.DIVISION, division=a_division())
    page.reload()
    expect(page.locator(".gantt")).to_contain_text("Unassigned")
    expect(page.locator(".moments")).to_contain_text("4 s passed")
    page.locator("textarea[name=cause]").fill("Tidak ada yang melihat antrean.")
    expect(page.locator("[data-kept]")).to_contain_text("Draft kept", timeout=PATIENCE)
    page.reload()
    expect(page.locator("textarea[name=cause]")).to_have_value("Tidak ada yang melihat antrean.")
    page.locator("select[name=cause_code]").select_option(label="A1 Not seen in the queue")
    page.locator("textarea[name=prevention]").fill("Jadwal piket siang ditambah.")
    page.locator("select[name=action_owner]").select_option(str(togar.pk))
    page.locator("input[name=action_due_on]").fill(str(timezone.localdate() + dt.timedelta(days=5)))
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("signed")
    breach = Breach.objects.get()
    assert (breach.reviewed_by, breach.action_owner, breach.state) == (ratna, togar, "sign")

    boss = desk_of(a_member("Yosef Kurniawan", Role.ADMINISTRATOR))
    boss.goto("/breaches/?state=sign")
    expect(boss.locator(".rev-main")).to_contain_text("Jadwal piket siang ditambah.")
    boss.keyboard.press("Control+Enter")
    expect(boss.locator("#toasts")).to_contain_text("signed off")
    breach.refresh_from_db()
    assert (breach.signed_by.name, breach.state) == ("Yosef Kurniawan", "signed")

    theirs = desk_of(togar)
    theirs.goto("/actions/")
    theirs.get_by_role("link", name="Done").click()
    theirs.locator("#sheet textarea").fill("Piket siang sudah ditambah.")
    theirs.locator("#sheet textarea").press("Control+Enter")
    expect(theirs.locator("#toasts")).to_contain_text("Done, and noted")
    breach.refresh_from_db()
    assert breach.action_note == "Piket siang sudah ditambah."
