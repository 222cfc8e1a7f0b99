"""The record of somebody as people at the desk see and change it."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm.cases.defaults import ensure_policy
from crm.customers.addressing import save_address
from crm.customers.correcting import report_bounce
from crm.customers.editing import KIND, edit_customer, last_edit
from crm.customers.identifying import save_paper
from crm.customers.judging import judge_day
from crm.customers.models import Correction, Reveal
from crm.customers.regions import load_regions
from crm.events.models import Event
from crm.staff.models import Role
from tests.people import a_customer, a_member, a_team

pytestmark = pytest.mark.django_db
NIK = "3273025405900001"
SECRETS = ["81200004471", "rina@example.com", NIK, "Jl. Melati", "14 May", "1990-05-14"]
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def sari(client):
    ensure_policy()
    sari = a_member("Sari Wulandari", Role.AGENT, teams=(a_team(),), language="en")
    client.force_login(sari)
    return sari


@pytest.fixture
def rina(sari):
    rina = a_customer("Rina Maharani", msisdn="+6281200004471", email="rina@example.com",
                      birth_date=dt.date(1990, 5, 14), sex="male")  # fmt: skip
    save_paper(customer=rina, kind="nik", number=NIK, by=sari)
    save_address(customer=rina, kind="home", lines={"street": "Jl. Melati 3", "city": "Kota Bandung"}, by=sari)
    return rina


def at(name, *args):
    return reverse(f"customers:{name}", args=args)


def record(customer):
    return reverse("desk:customer_tab", args=[customer.pk, "identity"])


def posted(client, customer, **typed):
    """The form of the record as the browser sends it: what stood there, and what was typed."""
    form = client.get(at("edit", customer.pk)).context["form"]
    shown = {name: form[name].value() or "" for name in form.fields}
    hidden = {f"initial-{name}": shown[name] for name in shown if form.fields[name].show_hidden_initial}
    return shown | hidden | typed


def test_nothing_personal_stands_in_clear(client, rina):
    for page in (
        record(rina),
        at("edit", rina.pk),
        at("address", rina.pk, "home"),
        at("paper-new", rina.pk),
    ):
        text = client.get(page).content.decode()
        assert [secret for secret in SECRETS if secret in text] == []


def test_the_record_shows_masks_warnings_flaws_and_who_changed_what(client, rina):
    page = client.get(record(rina)).content.decode()
    for shown in ("3273 •••• •••• 0001", "+62 812-••••-4471", "another sex than the record", "••.••.1990", "Kota Band",
                  "Sari Wulandari"):  # fmt: skip
        assert shown in page


def asked(client, page):
    with CaptureQueriesContext(connection) as queries:
        client.get(page)
    return len(queries)


def test_the_record_asks_as_many_questions_however_much_stands_on_it(client, sari, rina):
    client.get(record(rina))
    few = asked(client, record(rina))
    for kind in ("office", "billing"):
        save_address(customer=rina, kind=kind, lines={"street": "Jl. Melati 3", "city": "Kota Bandung"}, by=sari)
    save_paper(customer=rina, kind="kk", number="3273020101120007", by=sari)
    assert asked(client, record(rina)) == few


def test_changed_as_typed_and_the_birth_date_left_alone(client, rina):
    answer = client.post(at("edit", rina.pk), posted(client, rina, name="  Rina ", hobbies="memasak, lari"))
    assert answer.status_code == 302
    rina.refresh_from_db()
    assert (rina.name, rina.hobbies, rina.birth_date) == ("Rina", ["memasak", "lari"], dt.date(1990, 5, 14))


def test_of_two_at_once_the_second_sees_who_was_first_and_keeps_what_was_typed(client, rina):
    typed = posted(client, rina, name="Rina K.", honorific="Kak")
    hendro = a_member("Hendro Wibisono")
    edit_customer(customer=rina, changes={"name": "Rina Kusuma", "language": "en"}, by=hendro)
    answer = client.post(at("edit", rina.pk), typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Hendro Wibisono" in page
    assert 'value="Rina K."' in page
    again = answer.context["form"].data
    assert (again["language"], again["honorific"], again["seen"]) == ("en", "Kak", last_edit(rina))
    assert client.post(at("edit", rina.pk), again).status_code == 302
    rina.refresh_from_db()
    assert (rina.name, rina.honorific, rina.language) == ("Rina K.", "Kak", "en")


def test_a_wrong_nik_is_refused_with_what_is_wrong_and_one_that_disagrees_is_not(client, rina):
    assert client.post(at("paper-new", rina.pk), {"kind": "nik", "number": "32X"}).status_code == 422
    assert client.post(at("paper-new", rina.pk), {"kind": "nik", "number": NIK}).status_code == 302


def test_a_look_in_clear_needs_a_reason(client, rina):
    page = at("paper-reveal", rina.pk, rina.documents.get().pk)
    assert client.post(page, {"reason": ""}).status_code == 422
    assert not Reveal.objects.exists()
    assert NIK in client.post(page, {"reason": "SIM swap"}).content.decode()
    assert Reveal.objects.get().reason == "SIM swap"
    assert "Jl. Melati 3" in client.post(at("address-reveal", rina.pk, "home"), {"reason": "Visit"}).content.decode()


def test_an_address_is_chosen_from_the_list_and_an_empty_street_stays(client, rina):
    load_regions([("32", "Jawa Barat"), ("32.73", "Kota Bandung"), ("32.73.02", "Coblong")])
    offered = client.get(at("regions"), {"province": "Jawa Barat", "city": "Kota Bandung"}).content.decode()
    assert "Coblong" in offered
    said = {"province": "Jawa Barat", "city": "Kota Bandung", "district": "Coblong", "rt": "3", "post_code": "40132"}
    assert client.post(at("address", rina.pk, "home"), said).status_code == 302
    address = rina.addresses.get()
    assert (address.street, address.district, address.rt) == ("Jl. Melati 3", "Coblong", "003")
    assert client.post(at("address", rina.pk, "home"), said | {"district": "Dago"}).status_code == 422


def test_a_contact_is_added_verified_corrected_and_retired(client, rina):
    assert client.post(at("contact-new", rina.pk), {"kind": "email", "value": "baru@example.com"}).status_code == 302
    point = rina.contact_points.get(value="baru@example.com")
    client.post(at("contact-verify", rina.pk, point.pk))
    point.refresh_from_db()
    assert point.verified_at
    client.post(at("contact", rina.pk, point.pk), {"value": "baru2@example.com"})
    point.refresh_from_db()
    assert (point.value, point.verified_at) == ("baru2@example.com", None)
    client.post(at("contact-retire", rina.pk, point.pk))
    assert not rina.contact_points.filter(pk=point.pk).exists()


def test_what_another_customer_has_is_refused_without_saying_who(client, rina):
    a_customer("Hendro Wibisono", msisdn="+6281200009999")
    answer = client.post(at("contact-new", rina.pk), {"kind": "msisdn", "value": "081200009999"})
    assert answer.status_code == 422
    assert "Hendro" not in answer.content.decode()


@pytest.mark.parametrize("role", [Role.DIVISION, Role.ADMINISTRATOR])
def test_who_may_not_change_records_changes_nothing(client, rina, role):
    client.force_login(a_member("Agus", role, language="en"))
    events = Event.objects.filter(kind=KIND).count()
    paper, point = rina.documents.get().pk, rina.contact_points.first().pk
    pages = (at("edit", rina.pk), at("address", rina.pk, "home"), at("address-drop", rina.pk, "home"),
             at("contact-new", rina.pk), at("contact-retire", rina.pk, point), at("paper-drop", rina.pk, paper),
             at("paper-reveal", rina.pk, paper))  # fmt: skip
    assert {client.post(page, {"reason": "x", "name": "x"}).status_code for page in pages} == {403}
    assert Event.objects.filter(kind=KIND).count() == events
    assert not Reveal.objects.exists()


def test_a_dialog_in_the_page_reloads_it_when_it_is_done(client, rina):
    answer = client.post(at("paper-drop", rina.pk, rina.documents.get().pk), **HTMX)
    assert answer["HX-Refresh"] == "true"


def test_the_list_is_worked_off_and_a_decision_taken_back(client, rina):
    report_bounce(customer=rina, recipient="rina@example.com")
    bounce = Correction.objects.get(flaw="email_bounces")
    page = client.get(at("corrections") + "?flaw=email_bounces").content.decode()
    assert "r•••@example.com" in page
    assert "rina@example.com" not in page
    answer = client.post(
        at("correction-decide", bounce.pk), {"state": "accepted", "flaw": "email_bounces"}, follow=True
    )
    assert at("correction-reopen", bounce.pk) in answer.content.decode()
    assert (answer.context["asked"].state, answer.context["asked"].flaw) == ("open", "email_bounces")
    client.post(at("correction-reopen", bounce.pk), {})
    bounce.refresh_from_db()
    assert bounce.state == "open"


def test_the_list_goes_by_pages_and_asks_as_much_for_two_as_for_many(client, sari, django_assert_max_num_queries):
    for _ in range(30):
        a_customer("")
    judge_day(dt.date(2026, 11, 26), at=dt.datetime(2026, 11, 26, tzinfo=dt.UTC))
    seen, after = [], ""
    while True:
        with django_assert_max_num_queries(20):
            shown = client.get(at("corrections"), {"after": after, "flaw": "name_missing"})
        seen += [row.correction.pk for row in shown.context["rows"]]
        after = shown.context["after"]
        if not after:
            break
    assert len(seen) == len(set(seen)) == 30


def test_the_figures_lead_to_their_lists_and_go_out_without_names(client, rina):
    client.force_login(a_member("Ratna", Role.SUPERVISOR, language="en"))
    assert "Nothing has been judged yet" in client.get(at("quality")).content.decode()
    judge_day(dt.date(2026, 11, 26), at=dt.datetime(2026, 11, 26, tzinfo=dt.UTC))
    page = client.get(at("quality")).content.decode()
    assert at("corrections") + "?flaw=contact_old" in page
    file = b"".join(client.get(at("corrections-export"), {"flaw": "contact_old"}).streaming_content).decode()
    assert f"{rina.pk},No number or address was verified in two years,contact_old" in file
    assert "Rina" not in file


def test_agents_do_not_see_the_figures_of_the_base(client, sari):
    assert client.get(at("quality")).status_code == 403
    assert client.get(at("corrections-export")).status_code == 403
