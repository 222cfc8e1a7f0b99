"""An article into an answer, and a tree by keyboard, in a browser."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from crm.cases import actions
from crm.knowledge.models import Use
from crm.knowledge.spellings import plant_spellings
from crm.staff.models import Role, User
from tests.browser.conftest import PATIENCE
from tests.knowledge.conftest import published
from tests.people import a_case, a_customer, a_member, a_team

pytestmark = pytest.mark.django_db(transaction=True)
ANSWER = "Mohon nyalakan ulang ponsel."
TREE = {
    "steps_id": "# a\nAda sinyal?\n> Ya -> b\n# b\nSelesai.",
    "steps_en": "# a\nSignal?\n> Yes -> b\n# b\nAll done.",
}


@pytest.fixture
def sari(site: str) -> User:
    plant_spellings()
    return a_member(teams=(a_team(channels=["call"]),))


def test_by_slash_and_by_question_mark_an_article_goes_into_the_answer(desk_of: Any, sari: User) -> None:
    boss = a_member("Ratna Kusumaningrum", Role.SUPERVISOR)
    known = published(sari, boss, title="Tidak ada sinyal", english="No signal", answer_id=ANSWER, is_public=True)
    rina = a_customer("Rina Maharani", email="rina@example.com")
    case = actions.assign_case(case=a_case(customer=rina, team=sari.team), assignee=sari, by=sari)
    page = desk_of(sari)
    page.goto(f"/cases/{case.number}/")
    expect(page.locator("#articles")).to_contain_text("No signal", timeout=PATIENCE)

    page.locator("#draft").press_sequentially("Halo Bu. /")
    expect(page.locator("#canned [aria-selected=true]")).to_contain_text("Tidak ada sinyal", timeout=PATIENCE)
    with page.expect_response("**/used/"):
        page.keyboard.press("Enter")
    expect(page.locator("#draft")).to_have_value(f"Halo Bu. {ANSWER}")
    assert Use.objects.get(case=case.pk, used=True).article == known.article

    with page.expect_response(re.compile(r"q=ga%20ada%20sinyal&")):
        page.locator("#draft").press_sequentially(" ?ga ada sinyal")
    expect(page.locator("#canned [role=option]")).to_have_count(2, timeout=PATIENCE)
    expect(page.locator("#canned [aria-selected=true]")).to_have_count(0)
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("#draft")).to_have_value(
        re.compile(rf"Tidak ada sinyal: http.*/help/articles/{known.article_id}/")
    )
    assert Use.objects.count() == 1


def test_a_tree_is_walked_with_digits_and_backspace(desk_of: Any, sari: User) -> None:
    tree = published(sari, a_member(role=Role.SUPERVISOR), kind="tree", **TREE)
    page = desk_of(sari)
    page.goto(f"/knowledge/{tree.article_id}/")
    page.keyboard.press("1")
    expect(page.locator("#walk .at-end")).to_contain_text("All done.", timeout=PATIENCE)
    page.keyboard.press("Backspace")
    expect(page.locator("#walk [data-walk='1']")).to_be_visible(timeout=PATIENCE)
