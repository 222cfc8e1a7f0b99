"""A call from the first ring to the wrap-up."""

import datetime as dt
from itertools import permutations

import pytest
from django.db import transaction

from crm.calls import errors
from crm.calls.actions import chase, choose_customer, hear, new_customer, open_case_of, wrap_up
from crm.calls.defaults import ensure_reasons
from crm.calls.matching import people_with
from crm.calls.models import Call, CallReason
from crm.cases.defaults import ensure_policy
from crm.cases.models import Case
from crm.customers.models import Customer
from crm.desk.handlers import notify
from crm.desk.models import Notification
from crm.events.models import Event
from crm.staff.actions.presence import set_presence, watch
from crm.staff.models import Presence, Role
from crm.timeline.models import Interaction
from tests.calls.people import NUMBER, a_call, ago, an_agent
from tests.connections import somebody_else, until_somebody_waits
from tests.people import a_case, a_customer, a_line, a_member, a_team

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _reasons(db):
    ensure_reasons()
    ensure_policy()


def bill():
    return CallReason.objects.get(code="bill")


def test_one_who_has_the_number_is_who_calls():
    rina = a_customer(msisdn=NUMBER)
    assert a_call(an_agent()).customer == rina


def test_of_several_nobody_is_taken_for_granted():
    firm, user = a_customer("CV Bahari"), a_customer("Lenny")
    a_line(firm, NUMBER, user=user)
    call = a_call(an_agent())
    assert (call.customer, people_with(NUMBER)) == (None, [firm, user])
    call = choose_customer(call=call, customer=user, by=call.agent)
    assert call.customer == user


def test_a_withheld_number_is_nobodys():
    call = a_call(an_agent(), msisdn="")
    assert (call.customer, people_with("")) == (None, [])
    with pytest.raises(errors.NumberNeeded):
        new_customer(call=call, name="Dian", by=call.agent)
    assert not Customer.objects.exists()
    assert new_customer(call=call, name="Dian", number="0857-0000-3094", by=call.agent).customer.name == "Dian"


def test_a_new_caller_gets_the_number_they_call_with():
    call = a_call(an_agent())
    dian = new_customer(call=call, name="Dian", honorific="Ibu", by=call.agent).customer
    assert people_with(NUMBER) == [dian]


def test_events_in_any_order_and_doubled_say_the_same():
    sari, now = an_agent(), ago(0)
    told = [("ringing", sari, 9), ("answered", sari, 8), ("held", None, 7), ("resumed", None, 6), ("ended", None, 5)]
    for place, order in enumerate(list(permutations(told))[::13]):
        for kind, agent, minutes in (*order, order[0]):
            hear(exchange_id=f"o-{place}", kind=kind, agent=agent, at=now - dt.timedelta(minutes=minutes))
        call = Call.objects.get(exchange_id=f"o-{place}")
        assert (call.state, call.agent, call.owes_wrap_up, call.events.count()) == ("ended", sari, True, 5), order


def test_a_doubled_event_changes_nothing():
    sari, at = an_agent(), ago(3)
    said = {"exchange_id": "d", "kind": "ringing", "agent": sari, "msisdn": NUMBER, "at": at}
    assert [hear(**said)[1], hear(**said)[1]] == [True, False]
    assert Event.objects.filter(kind="call.ringing").count() == 1


def test_another_number_under_the_same_id_is_refused():
    call = a_call(an_agent())
    with pytest.raises(errors.OtherNumber):
        hear(exchange_id=call.exchange_id, kind="held", msisdn="+6281200000000")
    assert call.events.count() == 1


def test_a_transfer_keeps_the_record_and_rings_at_the_second():
    sari, bagas = an_agent(), an_agent("Bagas")
    rina = a_customer(msisdn=NUMBER)
    call = a_call(sari, until="answered")
    hear(exchange_id=call.exchange_id, kind="transferred", agent=bagas, at=ago(5))
    call.refresh_from_db()
    sari.refresh_from_db()
    assert (call.state, call.agent, call.customer, sari.presence) == ("ringing", bagas, rina, "available")
    facts = Event.objects.get(kind="call.transferred").facts
    assert (facts["agent"], facts["was"]) == (bagas.pk, sari.pk)
    hear(exchange_id=call.exchange_id, kind="answered", agent=bagas, at=ago(4))
    hear(exchange_id=call.exchange_id, kind="ended", at=ago(1))
    call.refresh_from_db()
    assert (call.owes_wrap_up, call.agent) == (True, bagas)
    assert set(Call.objects.visible_to(sari)) == set(Call.objects.visible_to(bagas)) == {call}
    assert not Call.objects.visible_to(an_agent("Citra")).exists()


def test_an_agent_is_busy_then_in_wrap_up_until_it_is_done():
    sari = an_agent(teams=(a_team(wrap_up_minutes=1),))
    call = a_call(sari, until="answered")
    sari.refresh_from_db()
    assert sari.presence == Presence.BUSY
    hear(exchange_id=call.exchange_id, kind="ended", at=ago(4))
    sari.refresh_from_db()
    assert sari.presence == Presence.WRAP_UP
    watch(ago(-60))
    sari.refresh_from_db()
    assert sari.presence == Presence.WRAP_UP
    wrap_up(call=call, reason=bill(), by=sari)
    sari.refresh_from_db()
    assert sari.presence == Presence.AVAILABLE


def test_who_went_away_stays_away():
    sari = an_agent()
    call = a_call(sari, until="answered")
    set_presence(user=sari, presence=Presence.AWAY)
    hear(exchange_id=call.exchange_id, kind="ended", at=ago(1))
    wrap_up(call=call, reason=bill(), by=sari)
    sari.refresh_from_db()
    assert sari.presence == Presence.AWAY


def test_a_wrap_up_stands_in_the_timeline_once():
    a_customer(msisdn=NUMBER)
    call = a_call(an_agent(), until="ended")
    wrapped = wrap_up(call=call, reason=bill(), by=call.agent, result="call_back", note="Dobel.", next_step="Cek")
    said = Interaction.objects.get()
    assert (said.call, said.text, said.channel, said.staff) == (wrapped, "Dobel.\nCek", "call", call.agent)
    with pytest.raises(errors.WrappedUp):
        wrap_up(call=call, reason=bill(), by=call.agent)


def test_a_call_that_goes_on_is_not_wrapped_up():
    call = a_call(an_agent(), until="answered")
    with pytest.raises(errors.NotEnded):
        wrap_up(call=call, reason=bill(), by=call.agent)
    assert Call.objects.get().wrapped_at is None


def test_a_case_of_a_call_is_answered_by_the_wrap_up():
    rina = a_customer(msisdn=NUMBER)
    call = a_call(an_agent(), until="ended")
    case = open_case_of(call=call, text="Tagihan dobel", by=call.agent)
    assert open_case_of(call=call, text="Tagihan dobel", by=call.agent) == case
    wrap_up(call=call, reason=bill(), by=call.agent, note="Dikoreksi besok.")
    case = Case.objects.get()
    said = list(case.entries.order_by("interaction__at").values_list("interaction__direction", "interaction__text"))
    assert (case.customer, case.assignee, case.opened_at) == (rina, call.agent, call.answered_at)
    assert said == [("in", "Tagihan dobel"), ("out", "Dikoreksi besok.")]
    assert case.clocks.get(kind="response").stopped_at == call.ended_at
    assert Interaction.objects.count() == 2


def test_a_call_may_belong_to_a_case_that_is_open():
    rina = a_customer(msisdn=NUMBER)
    first = a_call(an_agent(), minutes=60, until="ended")
    case = open_case_of(call=first, text="Lambat", by=first.agent)
    other = a_call(an_agent("Bagas"), until="ended")
    strangers = a_case(customer=a_customer("Budi"))
    with pytest.raises(errors.NotTheirs):
        wrap_up(call=other, reason=bill(), by=other.agent, case=strangers)
    assert Call.objects.get(pk=other.pk).wrapped_at is None
    wrapped = wrap_up(call=other, reason=bill(), by=other.agent, case=case, note="Sudah normal")
    assert (wrapped.case, wrapped.interaction.in_case.case, wrapped.customer) == (case, case, rina)


def test_a_call_without_wrap_up_is_asked_for_once_each():
    team = a_team()
    sari, boss = an_agent(teams=(team,)), a_member("Ratna", Role.SUPERVISOR, teams=(team,))
    a_call(sari, minutes=30, until="ended")
    a_call(sari, minutes=11, until="ended")
    a_call(sari, minutes=5, until="ended")
    assert (chase(), chase()) == (3, 0)
    for event in Event.objects.filter(kind__in=("call.reminded", "call.raised")):
        notify(event)
    rung = sorted(Notification.objects.values_list("user__name", "kind"))
    assert rung == [("Ratna", "call"), (sari.name, "call"), (sari.name, "call")]
    assert boss.notifications.get().url.startswith("/calls/")


@pytest.mark.django_db(transaction=True)
def test_two_events_at_once_are_both_heard():
    sari = an_agent()
    call = a_call(sari)
    with somebody_else() as does, transaction.atomic():
        hear(exchange_id=call.exchange_id, kind="ended", at=ago(1))
        later = does(hear, exchange_id=call.exchange_id, kind="answered", agent=sari, at=ago(5))
        until_somebody_waits()
    later.result()
    call.refresh_from_db()
    assert (call.state, call.owes_wrap_up, call.events.count()) == ("ended", True, 3)


def test_the_page_of_a_call_that_was_handed_on_says_how_it_went(client):
    sari, bagas = an_agent(language="en"), an_agent("Bagas")
    plain, call = a_call(sari, until="answered"), a_call(sari, until="answered")
    hear(exchange_id=call.exchange_id, kind="held", at=ago(6))
    hear(exchange_id=call.exchange_id, kind="transferred", agent=bagas, at=ago(5))
    client.force_login(sari)
    shown = client.get(f"/calls/{call.pk}/").content.decode()
    assert "How the call went" in shown
    assert shown.index("Put on hold") < shown.index("Transferred")
    assert "How the call went" not in client.get(f"/calls/{plain.pk}/").content.decode()
