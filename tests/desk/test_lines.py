"""A line's page, the dialogs that change it, and the list of products."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.billing.models import Bill
from crm.customers.lines.actions import change_number
from crm.customers.lines.orders import tell_order
from crm.customers.models import Product, Subscription
from crm.staff.models import Role
from tests.people import a_customer, a_line, a_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def ratna(client):
    ratna = a_member("Ratna Kusumaningrum", Role.SUPERVISOR, language="en")
    client.force_login(ratna)
    return ratna


@pytest.fixture
def line():
    return a_line(a_customer("Rina Maharani"), "+6281200004471", "kartuHALO", state_since=timezone.now())


def shows(client, line):
    return client.get(reverse("desk:line", args=[line.pk])).content.decode()


def does(client, line, slug, **said):
    return client.post(reverse("desk:line-act", args=[line.pk, slug]), said)


def test_a_line_shows_its_life_numbers_and_orders_masked(client, ratna, line):
    change_number(line=line, number="+6281200004472", by=ratna)
    tell_order(reference="SO-1", customer=line.customer, kind="survey", state="planned", line=line)
    page = shows(client, line)
    for shown in ("Suspended (isolir)", "+62 812-••••-4471", "+62 812-••••-4472", "Survey of the address", "SO-1"):
        assert shown in page
    assert not any(number in page for number in ("81200004471", "81200004472", "0000-4471"))


def test_it_costs_the_same_however_much_happened(client, ratna, line, django_assert_max_num_queries):
    for number in range(9):
        change_number(line=line, number=f"+628120000449{number}", by=ratna)
    shows(client, line)
    with django_assert_max_num_queries(28):
        shows(client, line)


def test_a_line_is_moved_on_where_its_life_leads(client, ratna, line):
    assert does(client, line, "state", state="isolir").status_code == 302
    assert does(client, line, "state", state="due").status_code == 422
    line.refresh_from_db()
    assert line.state == "isolir"


def test_number_user_and_owner_change(client, ratna, line):
    putri = a_customer("Putri Maharani", email="putri@example.com")
    assert does(client, line, "number", number="0812-0000-4479").status_code == 302
    assert does(client, line, "user", contact="putri@example.com").status_code == 302
    assert does(client, line, "owner", contact="nobody@example.com").status_code == 422
    assert does(client, line, "owner", contact="putri@example.com").status_code == 302
    line.refresh_from_db()
    assert (line.msisdn, line.customer, line.user) == ("+6281200004479", putri, None)


def test_a_fourth_prepaid_number_is_shown_not_refused(client, ratna, line):
    Product.objects.get_or_create(code="simPATI")
    for number in range(4):
        said = {"product": "simPATI", "number": f"+628120000448{number}"}
        assert client.post(reverse("desk:line-new", args=[line.customer_id]), said).status_code == 302
    made = Subscription.objects.latest("pk")
    assert "4 of this person; the rule is at most 3" in shows(client, made)
    assert does(client, made, "registration", state="registered").status_code == 422
    assert does(client, made, "registration", state="registered", reference="R-1").status_code == 302
    assert "R-1" in shows(client, made)


def test_a_number_that_is_taken_is_said_at_its_field(client, ratna, line):
    a_line(a_customer("Budi"), "+6281200004472")
    answer = does(client, line, "number", number="0812-0000-4472")
    assert (answer.status_code, "Another line has this number now." in answer.content.decode()) == (422, True)


def test_an_agent_changes_a_number_and_moves_nothing(client, line):
    client.force_login(a_member("Sari Wulandari", language="en"))
    page = shows(client, line)
    assert ("Change the number" in page, "Move the line on" in page) == (True, False)
    assert does(client, line, "state", state="isolir").status_code == 403
    assert client.post(reverse("desk:line-new", args=[line.customer_id])).status_code == 403
    assert client.get(reverse("desk:products")).status_code == 403
    line.refresh_from_db()
    assert line.state == "active"


def test_a_division_opens_no_line_and_nobody_an_erased_one(client, ratna, line):
    line.customer.erased_at = timezone.now()
    line.customer.save()
    assert client.get(reverse("desk:line", args=[line.pk])).status_code == 404
    client.force_login(a_member("Dian", Role.DIVISION))
    assert client.get(reverse("desk:line", args=[line.pk])).status_code == 403


def test_a_product_is_added_and_taken_out_of_sale(client, ratna, line):
    url = reverse("desk:products")
    assert client.post(url, {"code": "Orbit", "technology": "internet", "sold": "on"}).status_code == 302
    assert client.post(url, {"code": "Orbit", "technology": "internet"}).status_code == 422
    assert client.post(reverse("desk:product", args=["Orbit"]), {"technology": "internet"}).status_code == 302
    assert not Product.objects.get(pk="Orbit").sold
    said = {"product": "Orbit", "number": "0812-0000-4470"}
    assert client.post(reverse("desk:line-new", args=[line.customer_id]), said).status_code == 422


def test_a_lines_page_leads_to_its_bills_alone(client, ratna, line):
    other = a_line(line.customer, "+6281200004473", "kartuHALO")
    for number, one in (("B-1", line), ("B-2", other)):
        day = dt.date(2026, 9, 1)
        Bill.objects.create(
            customer=line.customer, subscription=one, number=number, month=day, net=1, total=1, issued=day
        )
    url = f"{reverse('desk:customer_tab', args=[line.customer_id, 'bills'])}?line={line.pk}"
    assert url in shows(client, line)
    shown = client.get(url).content.decode()
    assert "B-1" in shown
    assert "B-2" not in shown
    nobodys = client.get(url.partition("?")[0], {"line": "0"}).content.decode()
    assert "B-1" in nobodys
    assert "B-2" in nobodys
