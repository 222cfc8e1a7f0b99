"""Mentions and following: who hears of a case that is not theirs, and who does not."""

import pytest

from crm.cases import actions
from crm.cases.models import Note
from crm.desk.following import follow, write_note
from crm.desk.handlers import notify
from crm.desk.mentions import people_who_see, with_chips
from crm.desk.merged import follow_merge
from crm.desk.models import Follow, Notification, Ringing
from crm.events.models import Event
from crm.staff.access import may
from crm.staff.models import Role, User
from tests.people import a_case, a_division, a_member


def ring(kind: str) -> list[tuple[str, str]]:
    for event in Event.objects.filter(kind=kind):
        notify(event)
    return sorted(Notification.objects.values_list("user__name", "kind"))


@pytest.fixture
def dimas(team):
    return a_member("Dimas Anggoro", teams=(team,))


def test_who_may_be_mentioned_is_who_reads_the_case(case, sari, ratna, joko):
    network = a_division()
    a_member("Togar", Role.DIVISION, division=network)
    a_member("Lia", Role.DIVISION, division=a_division("Tagihan"))
    a_member("Bagas", Role.QUALITY)
    a_member("Gone", Role.QUALITY, is_active=False)
    actions.escalate_case(case=case, party="division", division=network, by=sari, reason="Sektor 3")
    case.refresh_from_db()
    by_right = {user.name for user in User.objects.all() if may(user, "case.read", case)}
    assert {user.name for user in people_who_see(case)} == by_right
    assert "Joko Prasetyo" not in by_right


def test_a_mention_is_kept_as_an_id_rings_once_and_makes_a_follower(as_user, case, sari, dimas):
    text = f"Tolong @{dimas.username}, lihat sektor 3. @{dimas.username}"
    as_user(sari).post(f"/cases/{case.number}/answer/", {"way": "note", "text": text})
    assert Note.objects.get().mentions == [dimas.pk]
    assert ring("case.noted") == [("Dimas Anggoro", "mentioned")]
    assert ring("case.noted") == [("Dimas Anggoro", "mentioned")]
    assert Follow.objects.get().user == dimas
    line = Notification.objects.get()
    assert line.words == text
    assert as_user(dimas).get(f"/notifications/{line.pk}/").url == f"/cases/{case.number}/#note-{Note.objects.get().pk}"


def test_who_may_not_see_the_case_is_not_told_of_it(case, sari, joko):
    note = write_note(case=case, text=f"@{joko.username} tolong", by=sari)
    assert note.mentions == []
    assert ring("case.noted") == []
    assert not Follow.objects.exists()


def test_no_event_carries_the_words_of_a_note(case, sari, dimas):
    write_note(case=case, text=f"@{dimas.username} nomor 081200004471", by=sari)
    assert "4471" not in str(list(Event.objects.values_list("facts", flat=True)))


def test_a_mention_reads_as_a_name_and_markup_stays_text(as_user, case, sari, dimas):
    write_note(case=case, text=f"@{dimas.username} <b>lihat</b>\nini", by=sari)
    page = as_user(sari).get(f"/cases/{case.number}/").content.decode()
    assert '<span class="at">@Dimas Anggoro</span> &lt;b&gt;lihat&lt;/b&gt;<br>ini' in page


def test_an_address_mentions_nobody(dimas):
    assert with_chips(f"rina@{dimas.username}", [dimas]) == f"rina@{dimas.username}"


def test_the_list_behind_the_at_offers_colleagues_by_any_of_their_names(as_user, case, sari, dimas, joko):
    page = as_user(sari).get(f"/cases/{case.number}/people/?q=angg").content.decode()
    assert f'data-name="{dimas.username}"' in page
    assert joko.username not in as_user(sari).get(f"/cases/{case.number}/people/").content.decode()
    assert as_user(joko).get(f"/cases/{case.number}/people/").status_code == 404


def test_a_follower_hears_what_the_customer_wrote_and_that_it_was_settled(case, sari, dimas):
    follow(case=case, users=[dimas])
    actions.add_interaction(case=case, direction="in", channel="call", text="Masih mati.")
    actions.add_interaction(case=case, direction="out", channel="call", text="Kami perbaiki.", by=sari)
    actions.settle_case(case=case, outcome="solved", by=sari, text="Sudah pulih.")
    assert ring("case.contacted") == [("Dimas Anggoro", "followed")]
    assert ring("case.settled") == [("Dimas Anggoro", "followed")] * 2


def test_what_we_write_ourselves_is_no_news_to_followers(case, sari, dimas):
    follow(case=case, users=[dimas])
    actions.add_interaction(case=case, direction="out", channel="call", text="Halo.", by=sari)
    assert ring("case.contacted") == []


def test_who_receives_an_escalation_and_follows_it_hears_of_it_once(case, sari, ratna):
    follow(case=case, users=[ratna])
    actions.escalate_case(case=case, party="supervisor", by=sari, reason="Minta keputusan")
    assert ring("case.escalated") == [("Ratna Kusumaningrum", "escalated")]


def test_who_may_not_see_it_any_more_hears_nothing(case, sari, dimas, joko):
    follow(case=case, users=[dimas, joko])
    actions.assign_case(case=case, by=sari, team=joko.team)
    actions.add_interaction(case=case, direction="in", channel="call", text="Halo?")
    assert ring("case.contacted") == [("Joko Prasetyo", "followed")]


def test_following_and_leaving_by_the_button(as_user, case, dimas, joko):
    client, path = as_user(dimas), f"/cases/{case.number}/follow/"
    for _ in range(2):
        client.post(path, {"on": "1"})
    assert Follow.objects.get().user == dimas
    client.post(path, {"on": "0"})
    assert not Follow.objects.exists()
    assert as_user(joko).post(path, {"on": "1"}).status_code == 404
    assert not Follow.objects.exists()


def test_what_somebody_muted_stands_in_the_list_as_read(case, sari, dimas):
    Ringing.objects.create(user=dimas, muted=["mentioned"])
    write_note(case=case, text=f"@{dimas.username}", by=sari)
    ring("case.noted")
    line = Notification.objects.get()
    assert line.read_at == line.at


def test_who_follows_a_merged_case_follows_the_one_it_lies_in(case, team, sari, ratna):
    follow(case=case, users=[ratna])
    into = a_case(customer=case.customer, team=team)
    actions.merge_cases(source=case, into=into, by=sari)
    for _twice in range(2):
        follow_merge(Event.objects.get(kind="case.merged"))
    assert Follow.objects.get(case=into).user == ratna
