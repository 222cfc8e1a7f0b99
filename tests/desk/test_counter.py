"""The counter's screen: what each button does, what is masked, what is refused."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.cases.models import Case
from crm.customers.models import Customer, IdentityDocument
from crm.events.models import Event
from crm.lib.sealed import digest
from crm.staff.models import Role
from crm.visits.actions import call_next, name_customer, open_counter, start_visit
from crm.visits.models import Counter, Visit
from tests.people import a_case, a_customer, a_line, a_member
from tests.visits.people import a_clerk, a_visitor, an_office

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def indah(client):
    """At counter 3 of GraPARI Dago, with the page open."""
    clerk = a_clerk()
    open_counter(number=3, by=clerk)
    client.force_login(clerk)
    return clerk


@pytest.fixture
def bambang():
    customer = a_customer("Bambang Sutrisno", msisdn="+6281200007718", honorific="Bapak", tier="basic")
    IdentityDocument.objects.create(customer=customer, kind="nik", sealed="", digest="x", masked="3273 •••• •••• 0021")
    return customer


@pytest.fixture
def visit(indah, bambang):
    """Bambang stands at the counter."""
    visit = a_visitor(purpose="card", note="kartu hilang", customer=bambang)
    return start_visit(visit=visit, counter=3, by=indah)


def press(client, button, *args, **said):
    return client.post(reverse(f"desk:counter{button}", args=args), said)


def page(client):
    return client.get(reverse("desk:counter")).content.decode()


def test_somebody_sits_down_calls_starts_and_ends(client):
    clerk = a_clerk()
    client.force_login(clerk)
    a_visitor(purpose="card"), a_visitor(purpose="bill")
    assert "Open your counter" in page(client)
    press(client, "-sit", number=3)
    assert Counter.objects.get().by == clerk
    press(client, "-call")
    assert "A-001" in page(client)
    press(client, "-step", "again")
    press(client, "-step", "start")
    press(client, "-call")
    states = list(Visit.objects.order_by("pk").values_list("state", "counter", "calls"))
    assert states == [("ended", 3, 2), ("called", 3, 1)]
    press(client, "-step", "left")
    press(client, "-sit")
    assert (Visit.objects.latest("pk").state, Counter.objects.count()) == ("left", 0)


def test_the_customer_in_front_is_shown_masked(client, visit, bambang):
    a_line(bambang, "+6281200007718", state="blocked")
    a_case(customer=bambang, subject="Sinyal hilang", channel="counter", team=None)
    shown = page(client)
    for word in ("Bapak Bambang Sutrisno", "+62 812-••••-7718", "3273 •••• •••• 0021", "kartu hilang", "Sinyal hilang",
                 "Blocked"):  # fmt: skip
        assert word in shown
    assert "81200007718" not in shown.replace("-", "")


def test_who_asked_that_their_data_rest_is_seen_to_have(client, visit, bambang):
    assert "Restricted" not in page(client)
    Customer.objects.filter(pk=bambang.pk).update(restricted_at=timezone.now())
    assert "Restricted" in page(client)


def test_the_screen_costs_the_same_however_many_wait(client, visit, django_assert_max_num_queries):
    for _ in range(30):
        a_visitor()
    page(client)
    with django_assert_max_num_queries(34):
        page(client)


def test_a_case_is_registered_for_who_stands_there(client, visit, indah, bambang):
    form = client.get(reverse("desk:counter-register"), headers=HTMX).content.decode()
    assert "kartu hilang" in form
    press(client, "-register", text="Kartu hilang", kind="request", mine="on", category="", subject="")
    case = Case.objects.get()
    assert (case.customer, case.channel, case.kind, case.assignee) == (bambang, "counter", "request", indah)
    assert list(visit.cases.all()) == [case]
    press(client, "-call")
    assert Visit.objects.get().outcome == "case"


def test_a_case_without_words_is_refused(client, visit):
    answer = client.post(reverse("desk:counter-register"), {"text": "", "kind": "request"}, headers=HTMX)
    assert (answer.status_code, Case.objects.count()) == (422, 0)


def test_a_paper_is_recorded_with_who_saw_it_once_compared(client, visit, indah):
    assert client.post(reverse("desk:counter-paper"), {"paper": "nik"}, headers=HTMX).status_code == 422
    press(client, "-paper", paper="nik", compared="on")
    seen = Visit.objects.get()
    assert (seen.paper, seen.paper_by) == ("nik", indah)
    assert Event.objects.get(kind="visit.paper_seen").facts["paper"] == "nik"


def test_a_visit_ends_with_how_it_ended(client, visit):
    assert client.get(reverse("desk:counter-end"), headers=HTMX).status_code == 200
    press(client, "-end", outcome="back", remark="KTP tertinggal")
    assert (Visit.objects.get().outcome, Visit.objects.get().remark) == ("back", "KTP tertinggal")


@pytest.mark.parametrize(
    ("by", "typed"), [("number", "0812-0000-7718"), ("number", "+62 812 0000 7718"), ("name", "bambng")]
)
def test_whoever_stands_there_is_found_and_the_look_is_kept(client, indah, bambang, by, typed):
    found = client.get(reverse("desk:counter-find"), {"by": by, "q": typed}).content.decode()
    assert "Bambang Sutrisno" in found
    assert "0000-7718" not in found
    start_visit(visit=a_visitor(), counter=3, by=indah)
    press(client, "-choose", bambang.pk)
    assert Visit.objects.get().customer == bambang
    assert Event.objects.get(kind="customer.looked").facts["page"] == "counter"


def test_a_whole_nik_finds_who_bears_it(client, indah, bambang):
    bambang.documents.update(digest=digest("3273014101900007"))
    for typed, found in (("3273 0141 0190 0007", True), ("3273014101900008", False), ("327301410190", False)):
        shown = client.get(reverse("desk:counter-find"), {"by": "nik", "q": typed}).content.decode()
        assert ("Bambang Sutrisno" in shown) is found


def test_a_paper_with_another_number_is_refused(client, visit, bambang):
    said = {"paper": "nik", "compared": "on", "number": "3273014101900007"}
    answer = client.post(reverse("desk:counter-paper"), said, headers=HTMX)
    assert answer.status_code == 422
    assert "Another number is on record" in answer.content.decode()
    assert Visit.objects.get().paper == ""


def test_half_a_number_finds_nobody(client, indah, bambang):
    found = client.get(reverse("desk:counter-find"), {"by": "number", "q": "0812-0000"}).content.decode()
    assert "Bambang" not in found


def test_somebody_without_a_queue_number_is_served_at_once(client, indah, bambang):
    press(client, "-choose", bambang.pk)
    visit = Visit.objects.get()
    assert (visit.state, visit.counter, visit.customer, visit.ticket) == ("serving", 3, bambang, "D-001")


def test_a_number_that_nobody_has_can_be_added(client, indah):
    found = client.get(reverse("desk:counter-find"), {"by": "number", "q": "0812-0000-9911"}).content.decode()
    assert "Nobody has this number" in found
    press(client, "-newcomer", msisdn="0812-0000-9911", name="Siti Rahma")
    assert Visit.objects.get().customer == Customer.objects.get(name="Siti Rahma")
    press(client, "-newcomer", msisdn="halo", name="Siti")
    assert Customer.objects.count() == 1


def test_a_queue_number_is_given_at_the_door(client, indah):
    press(client, "-arrive", purpose="new", is_priority="on", note="")
    assert Visit.objects.get().ticket == "P-001"


def test_a_screen_that_is_behind_changes_nothing(client, indah):
    for name, args in (("-step", ("start",)), ("-end", ()), ("-register", ()), ("-paper", ())):
        answer = client.post(reverse(f"desk:counter{name}", args=args), {"outcome": "done"}, follow=True)
        assert "not at this step any more" in answer.content.decode()
    press(client, "-sit")
    press(client, "-call")
    assert not Visit.objects.exists()


def test_whoever_belongs_to_no_office_is_told_so_and_has_no_entry(client):
    client.force_login(a_member(language="en"))
    shown = page(client)
    assert "You belong to no GraPARI" in shown
    assert f'href="{reverse("desk:counter")}"' not in shown
    assert press(client, "-sit", number=1).status_code == 302
    assert not Counter.objects.exists()


@pytest.mark.parametrize("role", [Role.QUALITY, Role.DIVISION, Role.ADMINISTRATOR])
def test_others_serve_nobody(client, role):
    client.force_login(a_member(role=role, office=an_office()))
    assert client.get(reverse("desk:counter")).status_code == 403
    assert press(client, "-sit", number=1).status_code == 403


def test_each_part_is_read_again_by_itself(client, visit):
    for name in ("hall", "turn", "front", "acts"):
        assert client.get(reverse("desk:counter-part", args=[name]), headers=HTMX).status_code == 200
    assert client.get(reverse("desk:counter-part", args=["page"]), headers=HTMX).status_code == 404


def test_the_list_shows_ones_own_office_and_is_paged(client, visit, django_assert_max_num_queries):
    a_visitor(an_office("panakkukang"), purpose="new")
    for _ in range(55):
        a_visitor(purpose="bill")
    first = client.get(reverse("desk:visits"))
    assert "C-001" not in first.content.decode()
    assert len(first.context["rows"]) == 50
    with django_assert_max_num_queries(22):
        second = client.get(reverse("desk:visits") + first.context["older_url"])
    assert [row.ticket for row in second.context["rows"]][-1] == "A-001"
    assert len(second.context["rows"]) == 6
    assert len(client.get(reverse("desk:visits"), {"state": "serving"}).context["rows"]) == 1
    assert len(client.get(reverse("desk:visits"), {"since": "kemarin"}).context["rows"]) == 50
    client.force_login(a_member(role=Role.DIVISION))
    assert client.get(reverse("desk:visits")).status_code == 403


def test_two_screens_of_a_counter_show_one_visit(client, indah):
    visit = a_visitor(at=timezone.now() - dt.timedelta(minutes=12))
    call_next(office=an_office(), counter=3, by=indah)
    name_customer(visit=visit, customer=a_customer("Dewi Lestari"), by=indah)
    assert "Dewi Lestari" in page(client)
