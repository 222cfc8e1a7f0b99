"""Another customer's case cannot be opened, guessed or enumerated."""

import base64
import datetime as dt
import re

import pytest
from django.core.signing import Signer
from django.utils import timezone

from crm.cases.actions import answer_case, merge_cases, open_case
from crm.cases.models import Case
from crm.events.models import Event
from crm.lib.sealed import seal, unseal
from crm.messaging import channels
from crm.messaging.models import Message
from crm.web import limits, tasks, tokens
from crm.web.actions import make_link, revoke_link
from crm.web.models import StatusLink
from tests.connections import somebody_else, until_somebody_waits
from tests.people import a_case, a_customer
from tests.web.conftest import leave_now, write


def test_the_link_opens_its_case_and_the_look_is_an_event(client, page, case, link):
    answer = client.get(page)
    assert answer.status_code == 200
    assert f"#{case.number}" in answer.content.decode()
    look = Event.objects.get(kind="case.link_seen")
    assert (look.subject_id, look.actor_id, look.facts) == (case.pk, None, {"link": link.pk})


def neutral(client, token: str) -> bytes:
    answer = client.get(f"/status/{token}/")
    assert answer.status_code == 404
    assert "Location" not in answer
    return answer.content


def test_altered_made_up_renewed_revoked_expired_and_swapped_links_get_one_and_the_same_page(client, send, link, sari):
    send(text="Kasus lain.", email="budi@example.com")
    other = StatusLink.objects.exclude(pk=link.pk).get()
    nonce, mac = link.token.split(".")
    old = link.token
    make_link(case=link.case, by=sari)
    revoke_link(case=other.case, by=sari)
    expired = make_link(case=a_case(), by=sari)
    Case.objects.filter(pk=expired.case_id).update(state="closed", closed_at=timezone.now() - dt.timedelta(days=61))
    other_nonce, other_mac = other.token.split(".")
    pages = {
        neutral(client, token)
        for token in (
            old, other.token, expired.token, f"{nonce}.{other_mac}", f"{other_nonce}.{mac}", f"{nonce}.", nonce,
            old[:-1] + ("A" if old[-1] != "A" else "B"), old.lower(), str(link.case_id),
            str(link.case.number), "1", "%00",
            Signer(salt="another").sign(nonce), Signer(key="guessed", salt="sapa.web.link", sep=".").sign(nonce),
        )
    }  # fmt: skip
    assert len(pages) == 1


@pytest.mark.parametrize("part", ["message/", "solved/", "news/", "files/1/"])
def test_no_part_of_the_page_opens_without_the_link(client, page, part):
    method = client.post if part in ("message/", "solved/") else client.get
    wrong = page[:-2] + ("A" if page[-2] != "A" else "B") + "/"
    assert method(wrong + part).status_code == 404


def test_no_letter_of_a_link_may_be_changed(link):
    """Every letter but the spare bits of the last decides."""
    for place, letter in enumerate(link.token[:-1]):
        altered = link.token[:place] + ("A" if letter != "A" else "B") + link.token[place + 1 :]
        with pytest.raises(tokens.NotOurs):
            tokens.read_link_token(altered)


def test_links_of_cases_in_a_row_have_nothing_in_common(db, policy, team):
    made = [make_link(case=a_case(), by=None) for _ in range(20)]
    nonces = [link.nonce for link in made]
    assert len(set(nonces)) == 20
    assert all(len(base64.urlsafe_b64decode(nonce + "==")) == 16 for nonce in nonces)
    assert nonces != sorted(nonces)
    for link in made:
        assert str(link.case.number) not in link.token.split(".")[0]


def test_a_forged_link_is_refused_before_any_table_is_asked(client, link, django_assert_num_queries):
    """So that the answer to a guess takes the same time whether or not there is such a case."""
    forged_of_a_real_one = f"{link.nonce}.{'A' * 43}"
    forged_of_none = f"{tokens.new_nonce()}.{'A' * 43}"
    for token in (forged_of_a_real_one, forged_of_none, "nonsense"):
        with django_assert_num_queries(0):
            neutral(client, token)


def test_the_table_alone_opens_nothing(link):
    assert link.token not in str(StatusLink.objects.values().get())


def test_a_new_link_ends_the_old_one(client, page, case, sari):
    fresh = make_link(case=case, by=sari)
    assert client.get(page).status_code == 404
    assert client.get(f"/status/{fresh.token}/").status_code == 200


def test_a_link_lives_sixty_days_after_the_case_was_closed(client, page, case):
    for days, code in ((59, 200), (61, 404)):
        Case.objects.filter(pk=case.pk).update(state="closed", closed_at=timezone.now() - dt.timedelta(days=days))
        assert client.get(page).status_code == code


def test_after_many_wrong_links_an_address_is_slowed_down_and_a_right_one_still_opens(client, page, monkeypatch):
    monkeypatch.setattr(limits, "WRONG_LINKS_BY_ADDRESS", (3, 600))
    assert [client.get(f"/status/wrong-{n}/").status_code for n in range(5)] == [404, 404, 404, 429, 429]
    assert client.get(page).status_code == 200


def test_one_link_is_not_read_all_day(client, page, monkeypatch):
    monkeypatch.setattr(limits, "LOOKS_BY_LINK", (2, 600))
    assert [client.get(page).status_code for _ in range(3)] == [200, 200, 429]


class TestWhatItShows:
    def test_own_words_and_answers_to_them_and_nothing_else(self, client, page, case, sari):
        from crm.cases.actions import add_interaction, add_note

        add_note(case=case, text="Pelanggan ini sulit.", by=sari)
        add_interaction(case=case, direction="in", channel="call", text="Lewat telepon: PIN saya 1234.", by=sari)
        open_case(customer=case.customer, channel="web", text="Kasus lain dari pelanggan ini.")
        answer_case(case=case, text="Halo Ibu Rina, sedang kami cek.", by=sari, channel="web")
        answer_case(case=case, text="Rincian tagihan Ibu.", by=sari, channel="email", recipient="rina@example.com")
        leave_now()
        shown = client.get(page).content.decode()
        assert "Sinyal di rumah hilang sejak pagi." in shown
        assert "Halo Ibu Rina, sedang kami cek." in shown
        assert "Sari" in shown
        for secret in ("Wulandari", "sulit", "PIN saya", "Kasus lain", "Rincian tagihan", "rina@example.com"):
            assert secret not in shown

    def test_an_answer_in_its_undo_seconds_is_not_there_yet(self, client, page, case, sari):
        answer_case(case=case, text="Halo Ibu Rina.", by=sari, channel="web")
        assert "Halo Ibu Rina." not in client.get(page).content.decode()

    def test_nothing_of_the_record_it_was_filed_under(self, client, send):
        a_customer("Rina Kusuma Dewi", email="rina@example.com", city="Bandung", tier="gold")
        send(name="Rina")
        shown = client.get(f"/status/{StatusLink.objects.get().token}/").content.decode()
        assert not re.search("Kusuma|Bandung|gold", shown, re.IGNORECASE)

    def test_of_a_case_that_was_merged_only_its_own_part(self, client, send, filing, sari):
        """Somebody typed Rina's address: a merge by mistake must not open her words to them."""
        send(text="Rahasia Rina sendiri.")
        mine, hers = Case.objects.order_by("pk")
        links = {link.case_id: link for link in StatusLink.objects.all()}
        merge_cases(source=mine, into=hers, by=sari)
        answer_case(case=hers, text="Halo, ini jawaban untuk Rina.", by=sari, channel="web")
        leave_now()
        shown = client.get(f"/status/{links[mine.pk].token}/").content.decode()
        assert "Sinyal di rumah hilang sejak pagi." in shown
        assert "Rahasia" not in shown
        assert "jawaban untuk Rina" not in shown
        theirs = client.get(f"/status/{links[hers.pk].token}/").content.decode()
        assert "Rahasia" in theirs
        assert "jawaban untuk Rina" in theirs
        assert "Sinyal di rumah" not in theirs

    def test_answers_go_on_at_the_link_of_a_merged_case_where_the_other_has_none(self, client, page, case, sari):
        call = open_case(customer=case.customer, channel="call", text="Telepon Rina.", team=case.team)
        merge_cases(source=case, into=call, by=sari)
        answer_case(case=call, text="Sudah kami perbaiki.", by=sari, channel="web")
        leave_now()
        shown = client.get(page).content.decode()
        assert "Sudah kami perbaiki." in shown
        assert "Telepon Rina." not in shown

    def test_a_link_to_a_case_of_another_channel_shows_no_word_of_that_channel(self, client, sari):
        link = make_link(case=a_case(channel="x", text="@operator sinyal saya mati"), by=sari)
        page = f"/status/{link.token}/"
        assert "sinyal saya mati" not in client.get(page).content.decode()
        write(client, page, "Ini nomor rumah saya.")
        assert "Ini nomor rumah saya." in client.get(page).content.decode()


class TestLost:
    def ask(self, client, email: str):
        return client.post("/status/", {"email": email})

    def test_the_answer_is_the_same_whether_or_not_there_is_a_case(self, client, filing, monkeypatch):
        queued = []
        monkeypatch.setattr(tasks.send_lost_links, "delay", queued.append)
        known, unknown = self.ask(client, "Rina@Example.com"), self.ask(client, "nobody@example.com")
        assert known.status_code == unknown.status_code == 200
        assert known.content == unknown.content
        assert [unseal(one)["email"] for one in queued] == ["rina@example.com", "nobody@example.com"]

    def test_one_letter_in_ten_minutes_and_nobody_is_told(self, client, filing, monkeypatch):
        queued = []
        monkeypatch.setattr(tasks.send_lost_links, "delay", queued.append)
        first, second = self.ask(client, "rina@example.com"), self.ask(client, "rina@example.com")
        assert first.content == second.content
        assert len(queued) == 1

    def test_the_link_goes_to_the_address_of_the_form(self, filing, link):
        Message.objects.all().delete()
        assert tasks.send_lost_links(seal({"email": "rina@example.com"})) == 1
        mail = Message.objects.get()
        assert mail.recipient == "rina@example.com"
        assert link.url in mail.body

    def test_it_goes_there_by_e_mail_whatever_else_they_prefer(self, send, monkeypatch):
        monkeypatch.setitem(channels._adapters, "sms", channels.get("email"))
        send(msisdn="0812 0000 4471", prefers="sms")
        Message.objects.all().delete()
        tasks.send_lost_links(seal({"email": "rina@example.com"}))
        assert list(Message.objects.values_list("channel", "recipient")) == [("email", "rina@example.com")]

    def test_an_address_of_the_record_alone_gets_none(self, send, link):
        a_customer("Budi", email="budi@example.com", msisdn="+6281200004471")
        send(email="mallory@example.com", msisdn="0812 0000 4471")
        assert tasks.send_lost_links(seal({"email": "budi@example.com"})) == 0

    def test_a_revoked_or_expired_link_is_not_sent(self, filing, link, sari):
        revoke_link(case=filing.case, by=sari)
        assert tasks.send_lost_links(seal({"email": "rina@example.com"})) == 0


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_who_renew_at_once_leave_one_link(case, sari, ratna):
    from django.db import transaction

    with somebody_else() as does:
        with transaction.atomic():
            make_link(case=case, by=sari)
            theirs = does(make_link, case=case, by=ratna)
            until_somebody_waits()
        assert theirs.result(20) == StatusLink.objects.live().get()
    assert StatusLink.objects.filter(case=case).count() == 3
