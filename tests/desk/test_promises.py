"""Promises at the desk: offered from a draft, recorded by hand, answered for when settling, listed."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.cases.actions import answer_case, make_promise
from crm.cases.models import Case, Promise
from crm.cases.promise_sweep import sweep_promises
from crm.desk.handlers import notify
from crm.desk.models import Draft, Notification
from crm.events.models import Event
from crm.messaging.models import Message
from crm.staff.models import Role, User
from tests.desk.conftest import HTMX
from tests.people import a_case, a_member, last_said

TEXT = "Halo Ibu Rina, terima kasih. Saya kabari paling lambat besok pukul 15.05."


def typed(client: Any, case: Case, text: str = TEXT, way: str = "private") -> str:
    data = {"text": text, "way": way, "road": ""}
    return client.post(reverse("desk:draft", args=[case.number]), data, headers=HTMX).content.decode()


def soon() -> dt.datetime:
    return timezone.now() + dt.timedelta(hours=2)


def local(at: dt.datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M")


def confirm(client: Any, case: Case, **data: str) -> Any:
    given = {"promise": "Kabari Ibu Rina", "promise_due_at": local(soon())} | data
    return client.post(reverse("desk:promise-draft", args=[case.number]), given, headers=HTMX)


def send(client: Any, case: Case, **data: Any) -> Any:
    road = f"email:{case.customer.contact_points.get(kind='email').pk}"
    data = {"text": TEXT, "way": "private", "road": road, "key": "press-1", "seen": last_said(case)} | data
    return client.post(reverse("desk:answer", args=[case.number]), data, headers=HTMX)


def test_a_time_in_the_draft_is_offered_as_a_promise(as_user: Any, sari: User, case: Case) -> None:
    client = as_user(sari)
    assert reverse("desk:promise-draft", args=[case.number]) in typed(client, case)
    dialog = client.get(reverse("desk:promise-draft", args=[case.number]), headers=HTMX).content.decode()
    assert "Saya kabari paling lambat besok pukul 15.05" in dialog
    assert 'T15:05"' in dialog


def test_a_note_promises_nothing(as_user: Any, sari: User, case: Case) -> None:
    assert reverse("desk:promise-draft", args=[case.number]) not in typed(as_user(sari), case, way="note")


def test_confirmed_it_is_made_when_the_answer_is_sent(as_user: Any, sari: User, case: Case) -> None:
    client = as_user(sari)
    typed(client, case)
    confirm(client, case)
    assert not Promise.objects.exists()
    assert send(client, case).status_code == 200
    promise = Promise.objects.get()
    assert (promise.text, promise.keeper, promise.interaction) == (
        "Kabari Ibu Rina",
        sari,
        Message.objects.get().interaction,
    )


def test_a_doubled_press_promises_once(as_user: Any, sari: User, case: Case) -> None:
    client = as_user(sari)
    typed(client, case)
    confirm(client, case)
    send(client, case)
    Draft.objects.create(user=sari, case=case, text=TEXT, promise="Kabari", promise_due_at=soon())
    send(client, case)
    assert (Promise.objects.count(), Message.objects.count()) == (1, 1)


def test_a_promise_whose_time_passed_while_writing_stops_the_answer(as_user: Any, sari: User, case: Case) -> None:
    client = as_user(sari)
    typed(client, case)
    Draft.objects.update(promise="Kabari", promise_due_at=timezone.now() - dt.timedelta(minutes=1))
    assert send(client, case).status_code == 422
    assert not Message.objects.exists()
    assert Draft.objects.get().text == TEXT


def test_taken_back_the_promise_is_in_the_draft_again(as_user: Any, sari: User, case: Case) -> None:
    client = as_user(sari)
    typed(client, case)
    confirm(client, case)
    send(client, case)
    client.post(reverse("desk:undo", args=[case.number, Message.objects.get().pk]), headers=HTMX)
    assert Promise.objects.get().withdrawn_at
    assert Draft.objects.get().promise == "Kabari Ibu Rina"


def test_the_confirmed_promise_can_be_removed(as_user: Any, sari: User, case: Case) -> None:
    client = as_user(sari)
    typed(client, case)
    confirm(client, case)
    client.post(reverse("desk:promise-draft-drop", args=[case.number]), headers=HTMX)
    assert Draft.objects.get().promise_due_at is None


def test_the_past_is_refused_and_nothing_kept(as_user: Any, sari: User, case: Case) -> None:
    client = as_user(sari)
    typed(client, case)
    answer = confirm(client, case, promise_due_at="2020-01-01T10:00")
    assert answer.status_code == 422
    assert Draft.objects.get().promise_due_at is None


def by_hand(client: Any, case: Case, sari: User, **data: Any) -> Any:
    data = {"text": "Telepon balik", "due_at": local(soon()), "keeper": sari.pk, "version": case.version} | data
    return client.post(reverse("desk:act", args=[case.number, "promise"]), data, headers=HTMX)


def test_by_hand_it_stands_in_the_head_and_is_kept_there(as_user: Any, sari: User, case: Case) -> None:
    client = as_user(sari)
    assert "Telepon balik" in by_hand(client, case, sari).content.decode()
    promise = Promise.objects.get()
    page = client.post(reverse("desk:promise-end", args=[promise.pk, "kept"]), headers=HTMX).content.decode()
    assert Promise.objects.kept().get() == promise
    assert 'class="promises"' not in page


def test_a_stranger_keeps_and_withdraws_nothing(as_user: Any, sari: User, joko: User, case: Case) -> None:
    by_hand(as_user(sari), case, sari)
    promise, client = Promise.objects.get(), as_user(joko)
    assert client.post(reverse("desk:promise-end", args=[promise.pk, "kept"]), headers=HTMX).status_code == 404
    answer = client.post(reverse("desk:promise-withdraw", args=[promise.pk]), {"reason": "x"}, headers=HTMX)
    assert answer.status_code == 404
    promise.refresh_from_db()
    assert promise.is_open


def test_withdrawing_asks_why(as_user: Any, sari: User, case: Case) -> None:
    client = as_user(sari)
    by_hand(client, case, sari)
    address = reverse("desk:promise-withdraw", args=[Promise.objects.get().pk])
    assert client.post(address, {"reason": ""}, headers=HTMX).status_code == 422
    client.post(address, {"reason": "Sudah tidak perlu"}, headers=HTMX)
    assert Promise.objects.get().reason == "Sudah tidak perlu"


def test_settling_asks_for_each_open_promise(as_user: Any, sari: User, case: Case) -> None:
    client = as_user(sari)
    by_hand(client, case, sari)
    answer_case(case=case, text="Baik, Ibu.", by=sari, channel="email")
    case.refresh_from_db()
    address = reverse("desk:act", args=[case.number, "settle"])
    data = {"outcome": "solved", "text": "", "version": case.version}
    refused = client.post(address, data, headers=HTMX)
    assert refused.status_code == 422
    promise = Promise.objects.get()
    client.post(address, data | {f"fate-{promise.pk}": "broken"}, headers=HTMX)
    promise.refresh_from_db()
    assert promise.broken_at
    assert Case.objects.get(pk=case.pk).state == "settled"


def test_the_keeper_hears_of_it_and_of_a_broken_one_the_supervisor_too(sari: User, ratna: User, case: Case) -> None:
    promise = make_promise(case=case, text="Kabari", due_at=soon(), by=sari)
    Promise.objects.update(wake_at=timezone.now())
    sweep_promises()
    Promise.objects.update(made_at=soon() - dt.timedelta(days=1), due_at=timezone.now(), wake_at=timezone.now())
    sweep_promises()
    for event in Event.objects.filter(kind__in=["promise.warned", "promise.broken"]):
        notify(event)
    rung = Notification.objects.filter(kind="promise").values_list("user__name", flat=True)
    assert sorted(rung) == sorted([sari.name, sari.name, ratna.name])
    assert promise.case == case


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_costs_the_same_for_one_and_for_many(
    as_user: Any, ratna: User, case: Case, number: int, django_assert_num_queries: Any
) -> None:
    for _each in range(number):
        make_promise(case=case, text="Kabari", due_at=soon(), by=ratna)
    client = as_user(ratna)
    with django_assert_num_queries(13):
        page = client.get(reverse("desk:promises")).content.decode()
    assert page.count('class="chip line"') == number


def test_pages_follow_each_other(as_user: Any, ratna: User, sari: User, case: Case) -> None:
    due_at = soon()
    for _each in range(60):
        make_promise(case=case, text="Kabari", due_at=due_at, by=sari)
    client, address = as_user(ratna), reverse("desk:promises")
    first = client.get(address).context
    second = client.get(address, {"after": first["after"]}).context
    assert second["after"] == ""
    assert len({row[0].pk for row in (*first["rows"], *second["rows"])}) == 60


def test_the_list_fetches_itself_alone(as_user: Any, ratna: User) -> None:
    page = as_user(ratna).get(reverse("desk:promises"), headers=HTMX).content.decode()
    assert 'id="promise-list"' in page
    assert "<html" not in page


def test_another_teams_promises_are_not_listed(as_user: Any, sari: User, joko: User, case: Case) -> None:
    make_promise(case=case, text="Kabari", due_at=soon(), by=sari)
    assert not as_user(joko).get(reverse("desk:promises")).context["rows"]


def test_supervisors_take_the_list_along(as_user: Any, ratna: User, sari: User, case: Case) -> None:
    make_promise(case=case, text="=Kabari", due_at=soon(), by=sari)
    file = as_user(ratna).get(reverse("desk:promises-export", args=["csv"]))
    assert str(case.number) in file.getvalue().decode()
    assert as_user(sari).get(reverse("desk:promises-export", args=["csv"])).status_code == 403


def test_the_card_shows_what_this_customer_was_promised_in_any_case(as_user: Any, sari: User, case: Case) -> None:
    other = a_case(customer=case.customer, team=case.team)
    make_promise(case=other, text="Ganti kartu", due_at=soon(), by=sari)
    card = as_user(sari).get(reverse("desk:promises-of", args=[case.number]), headers=HTMX).content.decode()
    assert "Ganti kartu" in card


def test_quality_reads_them_and_division_staff_cannot_promise(as_user: Any, case: Case) -> None:
    quality = as_user(a_member("Bagas Santoso", Role.QUALITY))
    assert quality.get(reverse("desk:promises")).status_code == 200
    assert by_hand(quality, case, a_member("Dewi"), keeper="").status_code == 403
