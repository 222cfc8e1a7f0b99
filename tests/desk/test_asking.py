"""Personal data in public, by a supervisor's word: asked by an agent, decided by somebody else, for one text."""

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.cases.actions import merge_cases
from crm.cases.models import Case, CaseInteraction
from crm.desk.asking import AskDecided, allow, ask_for
from crm.desk.composer import roads
from crm.desk.drafts import draft_of
from crm.desk.handlers import notify
from crm.desk.merged import follow_merge
from crm.desk.models import Ask, Notification
from crm.events.models import Event
from crm.messaging.models import Message
from crm.timeline.models import Interaction
from tests.desk.conftest import HTMX
from tests.people import a_case, last_said

SECRET = "Ibu Rina, nomor 0812-0000-4471 sudah aktif."


@pytest.fixture
def case(mention, network):
    return mention


@pytest.fixture
def road(case):
    return next(one for one in roads(case, list(case.customer.contact_points.all())) if one.channel == "x")


def ask(client, case, road, text=SECRET):
    data = {"way": "public", "road": road.value, "text": text}
    return client.post(reverse("desk:ask", args=[case.number]), data, headers=HTMX)


def decide(client, case, how, **data):
    asked = Ask.objects.get()
    data = {"at": asked.at.isoformat(), "reason": "Ia menulisnya sendiri.", how: "1"} | data
    return client.post(reverse("desk:decide", args=[case.number, asked.pk]), data, headers=HTMX)


def ring():
    for event in Event.objects.filter(kind__startswith="case.privacy_").exclude(kind="case.privacy_overridden"):
        notify(event)


def test_the_supervisors_hear_of_it_and_read_it_with_its_data_marked(as_user, sari, ratna, case, road):
    assert "A supervisor was asked" in ask(as_user(sari), case, road).content.decode()
    ring()
    assert Notification.objects.get().user == ratna
    client = as_user(ratna)
    assert "Look and decide" in client.get(f"/cases/{case.number}/").content.decode()
    page = client.get(reverse("desk:decide", args=[case.number, Ask.objects.get().pk]), headers=HTMX).content.decode()
    assert "<mark>0812-0000-4471</mark>" in page
    assert "Sari asks to send this in public" in page


def test_allowed_once_it_goes_out_in_the_agents_name_and_the_reason_stays(as_user, sari, ratna, case, road):
    ask(as_user(sari), case, road)
    assert decide(as_user(ratna), case, "allow").status_code == 200
    message, asked = Message.objects.get(), Ask.objects.get()
    assert (message.body, message.is_public, message.author) == (SECRET, True, sari)
    assert (asked.allowed, asked.decided_by, asked.text) == (True, ratna, "")
    assert (case.notes.get().text, case.notes.get().author) == ("Ia menulisnya sendiri.", ratna)
    assert Event.objects.get(kind="case.privacy_overridden").actor_id == ratna.pk
    assert draft_of(sari, case) is None
    assert decide(as_user(ratna), case, "allow").status_code == 404
    assert Message.objects.count() == 1
    ring()
    assert Notification.objects.filter(user=sari).exists()


def test_a_text_with_an_open_field_is_not_asked_for(as_user, sari, case, road):
    assert "{nama}" in ask(as_user(sari), case, road, text="Halo {nama}, nomor 0812-0000-4471 aktif.").content.decode()
    assert not Ask.objects.exists()


def test_with_the_number_blotted_out(as_user, sari, ratna, case, road):
    ask(as_user(sari), case, road)
    decide(as_user(ratna), case, "allow", masked="on")
    assert "0812" not in Message.objects.get().body


def test_refused_it_stays_a_draft_and_the_agent_reads_why(as_user, sari, ratna, case, road):
    ask(as_user(sari), case, road)
    decide(as_user(ratna), case, "refuse", reason="Kirim lewat pesan pribadi.")
    assert not Message.objects.exists()
    assert case.notes.get().text == "Kirim lewat pesan pribadi."
    assert draft_of(sari, case).text == SECRET
    assert case.clocks.get(kind="response").stopped_at is None


def test_asked_in_a_case_that_was_merged_it_is_allowed_where_the_matter_lies_now(as_user, sari, ratna, case, road):
    ask(as_user(sari), case, road)
    into = Case.objects.get(pk=a_case(customer=case.customer, team=case.team).pk)
    merge_cases(source=case, into=into, by=ratna)
    for _twice in range(2):
        follow_merge(Event.objects.get(kind="case.merged"))
    assert decide(as_user(ratna), into, "allow").status_code == 200
    assert Message.objects.get().interaction.in_case.case == into
    assert Ask.objects.get().allowed


def test_of_two_that_one_writer_asked_in_merged_cases_the_newer_counts(sari, ratna, case, road):
    into = a_case(customer=case.customer, team=case.team)
    ask_for(case=into, by=sari, text="Lama 0812-0000-4471", road=road)
    newer = ask_for(case=case, by=sari, text=SECRET, road=road)
    merge_cases(source=case, into=into, by=ratna)
    follow_merge(Event.objects.get(kind="case.merged"))
    assert list(Ask.objects.open().values_list("pk", "case", "text")) == [(newer.pk, into.pk, SECRET)]


def test_without_a_reason_nothing_is_decided(as_user, sari, ratna, case, road):
    ask(as_user(sari), case, road)
    for how in ("allow", "refuse"):
        assert decide(as_user(ratna), case, how, reason=" ").status_code == 422
    assert Ask.objects.get().decided_at is None
    assert not Message.objects.exists()


def test_a_text_that_was_asked_anew_is_not_let_out_unread(as_user, sari, ratna, case, road):
    ask(as_user(sari), case, road)
    read = Ask.objects.get()
    ask(as_user(sari), case, road, text=SECRET + " KTP 3273010000000008.")
    assert decide(as_user(ratna), case, "allow", at=read.at.isoformat()).status_code == 422
    with pytest.raises(AskDecided):
        allow(ask=read, by=ratna, reason="Boleh.", road=road, masked=False)
    assert not Message.objects.exists()


def test_what_the_customer_said_since_is_shown_and_written_past_only_on_purpose(as_user, sari, ratna, case, road):
    seen = last_said(case)
    data = {"way": "public", "road": road.value, "text": SECRET, "seen": seen}
    as_user(sari).post(reverse("desk:ask", args=[case.number]), data, headers=HTMX)
    news = Interaction.objects.create(
        customer=case.customer, channel="x", direction="in", is_public=True, text="Sudah aktif lagi.", at=timezone.now()
    )
    CaseInteraction.objects.create(interaction=news, case=case)
    refused = decide(as_user(ratna), case, "allow")
    assert (refused.status_code, Message.objects.count()) == (422, 0)
    assert "Sudah aktif lagi." in refused.content.decode()
    assert decide(as_user(ratna), case, "anyway", anyway=str(news.pk)).status_code == 200
    assert Message.objects.get().body == SECRET


def test_an_agent_decides_nothing(as_user, sari, case, road):
    ask(as_user(sari), case, road)
    assert decide(as_user(sari), case, "allow").status_code == 403
    assert not Message.objects.exists()


def test_in_private_there_is_nothing_to_ask(as_user, sari, case):
    email = case.customer.contact_points.get(kind="email")
    data = {"way": "private", "road": f"email:{email.pk}", "text": SECRET}
    assert as_user(sari).post(reverse("desk:ask", args=[case.number]), data).status_code == 404


def test_asked_again_the_newer_text_counts(sari, case, road):
    for text in (SECRET, "Nomor 0812-0000-4472."):
        ask_for(case=case, by=sari, text=text, road=road, at=timezone.now())
    assert Ask.objects.get().text == "Nomor 0812-0000-4472."
