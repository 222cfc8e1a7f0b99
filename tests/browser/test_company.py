"""Two agents at one case, each in their own browser: seen before the first letter, gone when the page is closed."""

import pytest
from playwright.sync_api import expect

from crm.cases.models import Case
from crm.desk.company import channel, store
from tests.browser.conftest import PATIENCE
from tests.people import a_case, a_customer, a_member, a_team

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _nobody_is_anywhere():
    for key in store().scan_iter(f"{channel()}:*"):
        store().delete(key)


def test_the_second_is_told_before_the_first_letter_and_the_answer_takes_the_case(desk_of, site):
    team = a_team("Social desk", channels=["call"])
    sari, dimas = a_member(teams=(team,)), a_member("Dimas Anggoro", teams=(team,))
    rina = a_customer("Rina Maharani", email="rina@example.com")
    case = Case.objects.get(pk=a_case(customer=rina, team=team).pk)
    hers, his = desk_of(sari), desk_of(dimas, language="id-ID")
    hers.goto(f"/cases/{case.number}/?queue=all")
    his.goto(f"/cases/{case.number}/?queue=all")
    row = hers.locator(f"#row-{case.number} .here .av")
    expect(row).to_have_attribute("title", "Dimas is viewing", timeout=PATIENCE)
    his.locator("#road").select_option(label="E-mail · r•••@example.com")
    his.fill("#draft", "Halo Ibu Rina, ")
    expect(row).to_have_attribute("title", "Dimas is answering", timeout=PATIENCE)
    expect(hers.locator("#company")).to_contain_text("Dimas is answering")
    expect(hers.locator("#draft")).to_have_attribute("placeholder", "Write to Rina Maharani, or leave it to Dimas…")
    hers.locator("[data-ask-colleague]").click()
    expect(hers.locator("#draft")).to_have_value(f"@{dimas.username} ")
    his.keyboard.press("Control+Enter")
    expect(hers.locator("#thread")).to_contain_text("Halo Ibu Rina,", timeout=PATIENCE)
    case.refresh_from_db()
    assert case.assignee == dimas
    expect(hers.locator("#company")).to_be_hidden(timeout=PATIENCE)
    his.context.close()
    expect(row).to_have_count(0, timeout=PATIENCE)
