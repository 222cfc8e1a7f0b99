"""The desk under an agent's hands: nothing typed is lost, nothing moves under the cursor."""

import pytest
from playwright.sync_api import Page, expect

from crm.cases import actions
from crm.cases.models import Case
from crm.desk.models import Draft
from crm.messaging import channels
from crm.messaging.channels import Adapter, Sent
from crm.messaging.models import Message
from crm.staff.models import Role, Team, User
from tests.browser.conftest import PATIENCE
from tests.people import a_case, a_customer, a_member, a_team

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def team(site: str) -> Team:
    return a_team("Social desk", channels=["call"])


@pytest.fixture
def sari(team: Team) -> User:
    return a_member(teams=(team,))


@pytest.fixture
def case(team: Team) -> Case:
    rina = a_customer("Rina Maharani", email="rina@example.com", msisdn="+6281200004471")
    return Case.objects.get(pk=a_case(customer=rina, team=team).pk)


@pytest.fixture
def page(desk_of, sari: User, case: Case) -> Page:
    opened: Page = desk_of(sari)
    opened.goto(f"/cases/{case.number}/?queue=all")
    opened.locator("#road").select_option(label="E-mail · r•••@example.com")
    return opened


def test_an_answer_is_taken_back_with_z_and_its_text_is_in_the_box_again(page, case):
    page.fill("#draft", "Halo Ibu Rina, terlalu cepat.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("Going to Rina Maharani")
    page.locator("#case-head h2").click()
    page.keyboard.press("z")
    expect(page.locator("#draft")).to_have_value("Halo Ibu Rina, terlalu cepat.")
    expect(page.locator(".msg.voided")).to_contain_text("does not count")
    assert Message.objects.get().state == "cancelled"


def test_what_is_typed_is_there_after_a_closed_tab(page, case, sari):
    page.fill("#draft", "Halo Ibu Rina, sedang kami")
    expect(page.locator("#draft-state")).to_contain_text("Draft saved")
    page.reload()
    expect(page.locator("#draft")).to_have_value("Halo Ibu Rina, sedang kami")
    assert Draft.objects.get().user == sari


def test_what_was_typed_a_moment_ago_is_kept_when_another_case_is_opened(page, case, team):
    other = Case.objects.get(pk=a_case(team=team).pk)
    expect(page.locator(f"#row-{other.number}")).to_be_visible(timeout=PATIENCE)
    page.fill("#draft", "Halo Ibu Rina, seben")
    page.locator(f"#row-{other.number} a").click()
    expect(page.locator("#draft")).to_have_value("")
    page.locator(f"#row-{case.number} a").click()
    expect(page.locator("#draft")).to_have_value("Halo Ibu Rina, seben")


def test_what_was_sent_leaves_no_draft_behind(page, case):
    page.clock.install()
    page.reload()
    page.fill("#draft", "Halo Ibu Rina, sudah aktif.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".msg.out")).to_be_visible()
    page.clock.fast_forward(2_000)  # longer than the page waits before it keeps what is typed
    page.reload()
    expect(page.locator("#draft")).to_have_value("")
    assert not Draft.objects.exists()


def test_news_moves_neither_focus_nor_cursor_nor_text(page, case, team):
    page.fill("#draft", "Halo Ibu Rina")
    page.evaluate("document.getElementById('draft').setSelectionRange(5, 8)")
    actions.add_interaction(case=case, direction="in", channel="call", text="Masih belum bisa.")
    expect(page.locator("#thread")).to_contain_text("Masih belum bisa.", timeout=PATIENCE)
    box = page.evaluate(
        "(() => { const d = document.activeElement; return [d.id, d.value, d.selectionStart, d.selectionEnd] })()"
    )
    assert box == ["draft", "Halo Ibu Rina", 5, 8]


def test_a_colleague_who_answered_meanwhile_is_seen_before_mine_goes_out(page, case, team):
    dimas = a_member("Dimas Anggoro", teams=(team,))
    page.fill("#draft", "Punya saya.")
    actions.answer_case(case=case, text="Sudah kami tangani.", by=dimas, channel="email", recipient="rina@example.com")
    page.click("#composer [data-send]")
    expect(page.locator(".meanwhile")).to_contain_text("Dimas Anggoro answered")
    expect(page.locator("#draft")).to_have_value("Punya saya.")
    page.get_by_role("button", name="Send anyway").click()
    expect(page.locator(".msg.out")).to_have_count(2)


def test_the_keys_reach_rows_answer_note_and_dialogs(page, case, team):
    page.locator("#case-head h2").click()
    page.keyboard.press("n")
    expect(page.locator("#composer")).to_have_attribute("data-way", "note")
    expect(page.locator("#draft")).to_be_focused()
    page.locator("#case-head h2").click()
    page.keyboard.press("r")
    expect(page.locator("#composer")).to_have_attribute("data-way", "private")
    page.locator("#case-head h2").click()
    page.keyboard.press("a")
    expect(page.locator("#sheet")).to_contain_text("Assign")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator(f"#row-{case.number} .case")).to_be_focused()


def test_news_that_arrives_as_a_dialog_closes_does_not_open_it_again(page):
    page.locator("#case-head h2").click()
    page.keyboard.press("a")
    expect(page.locator("#sheet")).to_contain_text("Assign")
    page.evaluate("['sapa:done', 'htmx:after:swap'].forEach((name) => document.dispatchEvent(new CustomEvent(name)))")
    expect(page.locator("#sheet")).to_be_hidden()
    page.locator("#case-head h2").click()


def test_the_list_stays_where_it_was_scrolled_while_rows_come_in(desk_of, sari, team):
    for _ in range(60):
        a_case(team=team)
    page = desk_of(sari, viewport={"width": 1440, "height": 700})
    page.goto("/desk/?queue=all")
    expect(page.locator("#rows .case")).to_have_count(25)
    page.locator("#rows .more").scroll_into_view_if_needed()
    expect(page.locator("#rows .case")).to_have_count(50)
    before = page.evaluate("document.getElementById('rows').scrollTop")
    newest = Case.objects.get(pk=a_case(team=team).pk)
    expect(page.locator(".queues [aria-current] b")).to_have_text("61", timeout=PATIENCE)
    assert newest.number
    assert page.evaluate("document.getElementById('rows').scrollTop") == before
    assert page.locator("#rows .case").count() >= 50


class Square(Adapter):
    """A network on which one can answer in public: the real ones come with the social room."""

    can_public, max_length, logs_only, repeatable = True, None, False, False

    def send(self, message: Message) -> Sent:
        return Sent("1")


@pytest.fixture
def in_public(page: Page, monkeypatch: pytest.MonkeyPatch) -> Page:
    monkeypatch.setitem(channels._adapters, "web", Square())
    page.reload()
    page.click("#composer [data-way-of=public]")
    page.locator("#road").select_option("web:")
    page.fill("#draft", "Ibu Rina, nomor 0812-0000-4471 sudah aktif.")
    page.click("#composer [data-send]")
    expect(page.locator(".blocked")).to_contain_text("Not sent: personal data, in public")
    return page


def test_personal_data_in_public_is_stopped_and_can_be_masked(in_public):
    in_public.get_by_role("button", name="Mask it").click()
    expect(in_public.locator("#draft")).to_have_value("Ibu Rina, nomor ••••-••••-4471 sudah aktif.")
    in_public.click("#composer [data-send]")
    expect(in_public.locator(".msg.out.public")).to_contain_text("••••-••••-4471")


def test_or_a_supervisor_is_asked_who_lets_it_out_once(in_public, desk_of, case, team):
    in_public.get_by_role("button", name="Ask a supervisor").click()
    expect(in_public.locator("#toasts")).to_contain_text("A supervisor was asked")
    assert not Message.objects.exists()
    theirs = desk_of(a_member("Ratna Wijaya", role=Role.SUPERVISOR, teams=(team,)))
    theirs.goto(f"/cases/{case.number}/")
    theirs.get_by_role("button", name="Look and decide").click()
    sheet = theirs.locator("#sheet")
    expect(sheet.locator("mark")).to_have_text("0812-0000-4471")
    sheet.locator("textarea[name=reason]").fill("Ia menulis nomornya sendiri.")
    sheet.get_by_role("button", name="Allow once").click()
    for thread in (theirs.locator("#thread"), in_public.locator("#thread")):
        expect(thread.locator(".msg.out.public")).to_contain_text("nomor 0812-0000-4471", timeout=PATIENCE)
    assert Message.objects.get().is_public
