"""An agent's hour: ten cases by keyboard alone, from the first reply to the last note. No mouse after signing in."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from crm.cases.models import Case, Escalation, Note
from crm.desk.models import Follow
from crm.messaging.models import Message
from crm.staff.models import Role, Team, User
from tests.browser.conftest import PATIENCE
from tests.people import a_case, a_customer, a_member, a_team

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = ("Rina", "Yoga", "Melati", "Hendra", "Slamet", "Nurhayati", "Bambang", "Dewi", "Fajar", "Agus")


@pytest.fixture
def team(site: str) -> Team:
    return a_team("Social desk", channels=["email"])


@pytest.fixture
def sari(team: Team) -> User:
    return a_member(teams=(team,), presence="available")


@pytest.fixture
def colleagues(team: Team) -> list[User]:
    boss = a_member("Ratna Kusumaningrum", Role.SUPERVISOR, teams=(team,))
    return [a_member("Dimas Anggoro", teams=(team,), presence="available"), boss]


@pytest.fixture
def waiting(team: Team) -> list[Case]:
    """Ten customers who wrote by mail, the longest wait first."""
    now = timezone.now()
    made = []
    for number, name in enumerate(NAMES):
        who = a_customer(f"{name} Wijaya", email=f"{name.lower()}@example.com")
        text = f"Sinyal hilang di rumah {name}."
        made.append(
            a_case(now - dt.timedelta(minutes=10 - number), customer=who, team=team, channel="email", text=text)
        )
    return list(Case.objects.order_by("due_at"))


class Hands:
    """What ten fingers do. A case is left when its turn is over, and the next is the first that was not yet."""

    def __init__(self, page: Page) -> None:
        self.page, self.keys, self.done = page, page.keyboard, set()

    @property
    def open_number(self) -> str:
        return self.page.locator("#case").get_attribute("data-number") or ""

    def next_case(self) -> Case:
        for key in [*"jjjjjjjjjj", *"kkkkkkkkkk"]:
            if self.pointed_at() not in {*self.done, None}:
                break
            self.keys.press(key)
        number = self.pointed_at()
        assert number is not None
        assert number not in self.done
        if self.open_number != number:
            self.keys.press("Enter")
        expect(self.page.locator("#case")).to_have_attribute("data-number", number, timeout=PATIENCE)
        self.done.add(number)
        return Case.objects.get(number=int(number))

    def goes_on(self, settled: Case) -> None:
        """What was settled opens the next one by itself."""
        expect(self.page.locator("#case")).not_to_have_attribute("data-number", str(settled.number), timeout=PATIENCE)

    def pointed_at(self) -> str | None:
        return self.page.evaluate("document.activeElement.dataset.case ?? null")

    def write(self, key: str, text: str, name: str) -> None:
        """Reply or note, sent; seen in the conversation."""
        self.keys.press(key)
        expect(self.page.locator("#draft")).to_be_focused()
        self.keys.type(text)
        self.keys.press("Control+Enter")
        self.has_left(name)

    def has_left(self, name: str) -> None:
        """What was sent stands in the conversation, which may show it first, and the cursor is out of the box."""
        expect(self.page.locator(name)).to_have_count(1, timeout=PATIENCE)
        expect(self.page.locator("#draft")).not_to_be_focused(timeout=PATIENCE)

    def dialog(self, key: str, *presses: str) -> None:
        """Opened by its key, gone through, and shut by what is done."""
        self.keys.press(key)
        sheet = self.page.locator("#sheet[open] form")
        expect(sheet).to_be_visible(timeout=PATIENCE)
        self.page.wait_for_function("document.activeElement.closest('#sheet')")
        for press in presses:
            self.keys.press(press) if len(press) == 1 or press in PRESSES else self.keys.type(press)
        expect(sheet).to_have_count(0, timeout=PATIENCE)


PRESSES = {"Tab", "Enter", "ArrowDown", "Control+Enter", "Escape"}


@pytest.fixture
def hands(desk_of, sari: User, colleagues: list[User], waiting: list[Case]) -> Hands:
    page = desk_of(sari)
    page.goto("/desk/?queue=unassigned")
    expect(page.locator("#rows .case")).to_have_count(10)
    return Hands(page)


def first_half(hands: Hands, dimas: User) -> dict[str, Case]:
    """Answered, settled, noted, given, escalated."""
    seen = {"answered": hands.next_case()}
    hands.write("r", "Halo, sedang kami periksa.", ".msg.out")
    seen["settled"] = hands.next_case()
    hands.write("r", "Sudah pulih, mohon dicoba.", ".msg.out")
    hands.dialog("s", "1", "Control+Enter")
    hands.goes_on(seen["settled"])
    seen["noted"] = hands.next_case()
    hands.write("n", f"Tolong @{dimas.username}", ".msg.note")
    seen["given"] = hands.next_case()
    hands.dialog("a", "ArrowDown", "Enter")
    seen["escalated"] = hands.next_case()
    hands.dialog("e", "1", "Tab", "Tab", "Sektor 3 menurun", "Control+Enter")
    return seen


def second_half(hands: Hands) -> dict[str, Case]:
    """Waiting for the customer, followed, taken back, found by palette, answered."""
    page, keys = hands.page, hands.keys
    seen = {"waits": hands.next_case()}
    hands.write("p", "Mohon kirim foto layar.", ".msg.out")
    hands.dialog("w", "1", "Control+Enter")
    seen["followed"] = hands.next_case()
    keys.press("f")
    expect(page.locator("#follow [aria-pressed=true]")).to_be_visible(timeout=PATIENCE)
    seen["undone"] = hands.next_case()
    hands.write("r", "Terlalu cepat.", ".msg.out")
    keys.press("z")
    expect(page.locator("#draft")).to_have_value("Terlalu cepat.", timeout=PATIENCE)
    keys.press("?")
    expect(page.locator("#sheet")).to_contain_text("These keys")
    keys.press("Escape")
    seen["found"] = by_palette(hands)
    seen["last"] = hands.next_case()
    hands.write("r", "Baik, kami catat.", ".msg.out")
    return seen


def by_palette(hands: Hands) -> Case:
    """Found by a name with a typing error; answered by an action."""
    page, keys = hands.page, hands.keys
    keys.press("Control+k")
    expect(page.locator("#palette-q")).to_be_focused()
    keys.type("agus wijya")
    expect(page.locator("#found [aria-selected=true]")).to_contain_text("Agus Wijaya", timeout=PATIENCE)
    keys.press("ArrowDown")
    expect(page.locator("#found [aria-selected=true]")).to_contain_text("#", timeout=PATIENCE)
    keys.press("Enter")
    expect(page.locator("#case h2")).to_contain_text("rumah Agus", timeout=PATIENCE)
    hands.done.add(hands.open_number)
    keys.press("Control+k")
    keys.type("> reply")
    expect(page.locator("#found [role=option]")).to_have_count(1, timeout=PATIENCE)
    keys.press("Enter")
    expect(page.locator("#draft")).to_be_focused()
    keys.type("Halo Bapak Agus, kami telepon sore ini.")
    keys.press("Control+Enter")
    hands.has_left(".msg.out")
    return Case.objects.get(number=int(hands.open_number))


def test_ten_cases_by_keyboard_alone(hands, sari, colleagues):
    dimas = colleagues[0]
    seen = first_half(hands, dimas) | second_half(hands)
    assert len({case.pk for case in seen.values()}) == len(hands.done) == 10
    now = {name: Case.objects.get(pk=case.pk) for name, case in seen.items()}
    answered = [now[name] for name in ("answered", "settled", "waits", "found", "last")]
    sent = Message.objects.exclude(state="cancelled")
    assert {one.interaction.in_case.case_id for one in sent} == {case.pk for case in answered}
    assert {case.assignee for case in answered} == {sari}
    assert now["settled"].state == "settled"
    assert now["waits"].waiting_for == "customer"
    assert now["given"].assignee is not None
    assert Note.objects.get(case=now["noted"]).mentions == [dimas.pk]
    assert Escalation.objects.get(by=sari).case == now["escalated"]
    assert set(Follow.objects.filter(user=sari).values_list("case", flat=True)) == {now["followed"].pk}
    assert Message.objects.get(state="cancelled").interaction.in_case.case_id == now["undone"].pk
