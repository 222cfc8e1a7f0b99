"""A customer's page: what it shows, to whom, masked, and what it leaves behind."""

import datetime as dt

import pytest
from django.utils import timezone

from crm.billing.models import Value
from crm.cases.models import Case
from crm.customers.consenting import give_consent, withdraw_consent
from crm.customers.models import Consent, ContactPoint, IdentityDocument, Reveal
from crm.customers.restricting import restrict
from crm.desk.customer.contacts import SIZE
from crm.desk.customer.social import SIZE as SOCIAL_SIZE
from crm.events.actions import record
from crm.events.models import Event
from crm.segments.models import Measured
from crm.staff.models import Role
from crm.timeline.models import Interaction
from social.models import Account, Post
from tests.desk.conftest import HTMX
from tests.desk.test_pages import queries_of
from tests.people import a_case, a_customer, a_division, a_line, a_member


@pytest.fixture
def rina(case):
    case.customer.honorific, case.customer.city, case.customer.tier = "Ibu", "Bandung", "gold"
    case.customer.save()
    return case.customer


def page(client, customer, tab="", **query):
    answer = client.get(f"/customers/{customer.pk}/{tab}", query)
    assert answer.status_code == 200
    return answer.content.decode()


def said(customer, at, channel="call", **fields):
    fields = {"direction": "in", "text": "Halo."} | fields
    return Interaction.objects.create(customer=customer, channel=channel, at=at, **fields)


def test_the_head_names_the_customer_and_masks_number_and_papers(as_user, sari, rina):
    IdentityDocument.objects.create(customer=rina, kind="nik", sealed="x", digest="y", masked="3273••••••••0008")
    a_line(rina, "+6281300002290")
    shown = page(as_user(sari), rina)
    assert "Ibu Rina Maharani" in shown
    assert "Gold" in shown
    assert "+62 813-••••-2290" in shown
    assert "and 1 more" in shown
    assert "3273••••••••0008" in shown
    assert not {"0000-2290", "+6281300002290", "+6281200004471", "rina@example.com"} & set(shown.split('"'))
    assert "00004471" not in shown


def test_the_strip_counts_what_is_verified_said_and_allowed(as_user, sari, rina):
    rina.contact_points.filter(kind="msisdn").update(verified_at=timezone.now())
    Consent.objects.create(customer=rina, purpose="care", text="Boleh?", version="1", channel="call")
    said(rina, timezone.now() - dt.timedelta(days=400))
    cards = as_user(sari).get(f"/customers/{rina.pk}/").context["idic"]
    assert [(card.title, card.value) for card in cards] == [
        ("Identified", "1"), ("Differentiated", "Gold"), ("Interacted", "1"), ("Customised", "1")
    ]  # fmt: skip
    assert [(pip.word, pip.tone) for pip in cards[0].pips] == [
        ("Number", "ok"), ("ID", ""), ("Handle", ""), ("Address", "")
    ]  # fmt: skip


def test_the_timeline_is_newest_first_and_goes_back_page_by_page_without_a_gap(as_user, sari, rina):
    at = timezone.now() - dt.timedelta(days=1)
    for number in range(SIZE + 3):
        said(rina, at, text=f"Kata {number}.")
    client, seen, after = as_user(sari), [], ""
    while True:
        answer = client.get(f"/customers/{rina.pk}/timeline/", {"after": after} if after else {})
        seen += [knot.contact.pk for knot in answer.context["knots"]]
        after = answer.context["after"]
        if not after:
            break
    assert seen == list(Interaction.objects.filter(customer=rina).order_by("-at", "-pk").values_list("pk", flat=True))


def test_the_timeline_narrows_to_a_kind_of_channel_and_leaves_out_what_was_taken_back(as_user, sari, rina):
    said(rina, timezone.now(), "x", is_public=True, text="Ini yang ketiga kali.")
    said(rina, timezone.now(), "x", direction="out", text="Kami periksa.", voided_at=timezone.now())
    shown = page(as_user(sari), rina, "timeline/", channel="social")
    assert "Public mention" in shown
    assert "Ini yang ketiga kali." in shown
    assert "Sinyal hilang" not in shown
    assert "Kami periksa." not in shown


def test_a_page_that_is_opened_is_a_look_and_the_search_page_knows_it_again(as_user, sari, rina):
    client = as_user(sari)
    for _twice in range(2):
        page(client, rina)
    assert Event.objects.get(kind="customer.looked").facts["page"] == "overview"
    assert [row.name for row in client.get("/customers/").context["rows"]] == ["Rina Maharani"]


def test_the_history_says_who_in_words_and_looks_only_to_those_who_may_read_them(as_user, sari, ratna, rina):
    record("customer.something_new", subject=rina, customer_id=rina.pk, by=sari)
    page(as_user(sari), rina, "bills/")
    shown = page(as_user(sari), rina, "history/")
    assert "Sari Wulandari changed the record" in shown
    assert "opened:" not in shown
    assert "opened:" not in page(as_user(sari), rina, "history/", of="looks")
    shown = page(as_user(ratna), rina, "history/", of="looks")
    assert "Sari Wulandari opened: Subscriptions &amp; bills" in shown
    assert "changed the record" not in shown
    assert "customer." not in shown.split("h-list")[1]


def test_consent_and_restriction_stand_in_the_history_in_words(as_user, sari, ratna, rina):
    give_consent(customer=rina, purpose="care", version=1, channel="call", by=sari)
    withdraw_consent(customer=rina, purpose="care", channel="call", by=sari)
    restrict(customer=rina, reason="Permintaan pelanggan.", by=ratna)
    shown = page(as_user(ratna), rina, "history/")
    for words in ("Consent given: Courtesy calls", "Consent withdrawn: Courtesy calls", "restricted the record"):
        assert words in shown


def test_a_reveal_needs_a_reason_and_is_told_in_the_history(as_user, sari, ratna, rina):
    point, client = rina.contact_points.get(kind="msisdn"), as_user(sari)
    path = f"/customers/{rina.pk}/reveal/{point.pk}/"
    assert client.post(path, {"reason": " "}).status_code == 422
    assert not Reveal.objects.exists()
    assert "+6281200004471" in client.post(path, {"reason": "Telepon balik"}).content.decode()
    assert Reveal.objects.get().by == sari
    assert "saw the number in full" in page(as_user(ratna), rina, "history/")


def test_another_customers_number_is_not_revealed_from_here(as_user, sari, rina):
    other = a_customer("Budi", msisdn="+6281300009999").contact_points.get()
    path = f"/customers/{rina.pk}/reveal/{other.pk}/"
    assert as_user(sari).post(path, {"reason": "Telepon balik"}).status_code == 404
    assert not Reveal.objects.exists()


def test_a_division_opens_no_customer_and_an_unknown_tab_is_nowhere(as_user, sari, rina):
    togar = a_member("Togar", Role.DIVISION, division=a_division())
    client = as_user(togar)
    for path in ("", "bills/", "cases/", "history/", "timeline/"):
        assert client.get(f"/customers/{rina.pk}/{path}").status_code == 403, path
    assert client.get("/customers/").status_code == 403
    assert not Event.objects.filter(kind="customer.looked").exists()
    assert as_user(sari).get(f"/customers/{rina.pk}/nothing/").status_code == 404


def test_a_merged_record_leads_to_the_one_that_is_left_and_an_erased_one_shows_nothing(as_user, sari, rina):
    budi = a_customer("Budi", absorbed_into=rina)
    assert as_user(sari).get(f"/customers/{budi.pk}/cases/").url == f"/customers/{rina.pk}/cases/"
    gone = a_customer("Melati", erased_at=timezone.now())
    assert "Melati" not in page(as_user(sari), gone)


def test_all_their_cases_are_listed_whichever_team_has_them(as_user, sari, rina, case):
    a_case(customer=rina, subject="Tagihan ganda")
    shown = page(as_user(sari), rina, "cases/")
    assert f"#{case.number}" in shown
    assert "Tagihan ganda" in shown


def test_what_they_bring_becomes_a_case_of_theirs_without_naming_them_again(as_user, sari, rina):
    told = {"channel": "call", "text": "Tagihan dua kali.", "kind": "complaint", "mine": "on"}
    answer = as_user(sari).post(f"/customers/{rina.pk}/case/", told, headers=HTMX)
    opened = Case.objects.latest("pk")
    assert answer["HX-Redirect"] == f"/cases/{opened.number}/"
    assert (opened.customer, opened.assignee, opened.kind) == (rina, sari, "complaint")
    assert as_user(sari).post(f"/customers/{rina.pk}/case/", told).url == f"/cases/{Case.objects.latest('pk').number}/"


def test_a_case_without_words_or_by_somebody_who_opens_none_is_refused(as_user, sari, rina):
    path, client = f"/customers/{rina.pk}/case/", as_user(sari)
    assert client.get(path).status_code == 200
    assert client.post(path, {"channel": "call", "text": " ", "kind": "complaint"}).status_code == 422
    bagas = as_user(a_member("Bagas", Role.QUALITY))
    assert bagas.post(path, {"channel": "call", "text": "Halo.", "kind": "complaint"}).status_code == 403
    assert "New case" not in page(bagas, rina)
    assert Case.objects.count() == 1


def test_the_desk_leads_from_a_case_to_the_page_of_its_customer(as_user, sari, rina, case):
    assert f'href="/customers/{rina.pk}/"' in as_user(sari).get(f"/cases/{case.number}/").content.decode()


@pytest.mark.parametrize("tab", ["", "bills/", "cases/", "social/", "history/"])
def test_a_tab_costs_the_same_for_one_and_for_many(as_user, sari, rina, tab):
    client = as_user(sari)
    said(rina, timezone.now())
    a_line(rina, "+6281300000001")
    few = queries_of(client, f"/customers/{rina.pk}/{tab}")
    for number in range(2, 7):
        a_line(rina, f"+628130000000{number}")
        said(rina, timezone.now())
        a_case(customer=rina, team=Case.objects.first().team)
        ContactPoint.objects.create(customer=rina, kind="email", value=f"rina{number}@example.com")
    assert queries_of(client, f"/customers/{rina.pk}/{tab}") <= few <= 46


def test_the_social_tab_tells_claimed_handles_from_proven_ones_and_private_words_from_public(as_user, sari, rina):
    ContactPoint.objects.create(customer=rina, kind="handle", network="x", value="rinamhrn")
    ContactPoint.objects.create(
        customer=rina, kind="handle", network="instagram", value="rina.m", verified_at=timezone.now()
    )
    said(rina, timezone.now(), "x", is_public=True, text="Sinyal hilang lagi.")
    said(rina, timezone.now(), "x", text="Ini nomor saya.")
    said(rina, timezone.now(), "call", text="Lewat telepon.")
    shown = page(as_user(sari), rina, "social/")
    for words in ("@rinamhrn", "Claimed", "@rina.m", "Proven", "Sinyal hilang lagi.", "Ini nomor saya."):
        assert words in shown
    assert "Lewat telepon." not in shown
    shown = page(as_user(sari), rina, "social/", of="private")
    assert "Ini nomor saya." in shown
    assert "Sinyal hilang lagi." not in shown


def test_a_post_that_became_no_case_stands_by_itself_under_social(as_user, sari, rina):
    account = Account.objects.create(network="x", handle="Telkomsel")
    post = {"account": account, "author": "rina", "display": "Rina", "conversation": "1", "at": timezone.now()}
    Post.objects.create(customer=rina, external_id="1", text="Nonton bareng @Telkomsel.", **post)
    Post.objects.create(customer=a_customer("Budi"), external_id="2", text="Bukan punya Rina.", **post)
    assert "Nonton bareng" not in page(as_user(sari), rina, "social/")
    shown = page(as_user(sari), rina, "social/", of="aside")
    assert "Nonton bareng" in shown
    assert "Bukan punya Rina." not in shown


def test_posts_are_read_by_those_who_open_customers_alone(sari, rina):
    account = Account.objects.create(network="x", handle="Telkomsel")
    Post.objects.create(
        account=account, customer=rina, external_id="1", conversation="1", author="r", at=timezone.now()
    )
    looks_on = a_member("Dina", role=Role.DIVISION, division=a_division())
    assert Post.objects.visible_to(sari).count() == 1
    assert not Post.objects.visible_to(looks_on).exists()
    assert not Post.objects.visible_to(None).exists()


def test_the_social_tab_goes_back_page_by_page_without_a_gap(as_user, sari, rina):
    at, client, seen, after = timezone.now(), as_user(sari), [], ""
    for number in range(SOCIAL_SIZE + 2):
        said(rina, at, "x", is_public=True, text=f"Cuitan {number}.")
    while True:
        answer = client.get(f"/customers/{rina.pk}/social/", {"after": after} if after else {})
        seen += [one.what.pk for one in answer.context["said"]]
        after = answer.context["after"]
        if not after:
            break
    theirs = Interaction.objects.filter(customer=rina, channel="x").order_by("-at", "-pk")
    assert seen == list(theirs.values_list("pk", flat=True))


def test_the_social_tab_of_somebody_on_no_network_says_so(as_user, sari):
    shown = page(as_user(sari), a_customer("Dewi"), "social/")
    assert "Nothing on social networks yet" in shown
    assert "No handle is known." in shown


def test_the_strip_shows_both_measures_and_the_quadrant(as_user, sari, rina):
    card = as_user(sari).get(f"/customers/{rina.pk}/").context["idic"][1]
    assert card.bars == []
    Measured.objects.create(customer=rina, transaction=72, interaction=41)
    card = as_user(sari).get(f"/customers/{rina.pk}/").context["idic"][1]
    assert [(bar.name, bar.percent) for bar in card.bars] == [("Transactions", 72), ("Interactions", 41)]
    assert "Repair" in [pip.word for pip in card.pips]


def test_the_pane_beside_a_case_shows_the_arpu_of_the_customers_page(as_user, sari, rina, case):
    a_line(rina, "+6281300002290", arpu=1)
    Value.objects.create(customer=rina, arpu=612_000)
    assert "ARPU Rp 612.000" in page(as_user(sari), rina).replace("\xa0", " ")
    beside = as_user(sari).get(f"/cases/{case.number}/").content.decode()
    assert "ARPU Rp 612.000" in beside.replace("\xa0", " ")
