"""What happens to a line, and what never does."""

import datetime as dt
from contextlib import nullcontext

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.customers.lines import actions
from crm.customers.lines.errors import CannotGo, HasEnded, LineConflict, LineError, NumberTaken
from crm.customers.lines.nightly import pass_dates
from crm.customers.lines.orders import tell_order
from crm.customers.lines.queries import lines_of_number, prepaid_numbers
from crm.customers.lines.states import NEAREST_POSTPAID, NEAREST_PREPAID, PREPAID, check, next_states, path
from crm.customers.models import NumberChange, Product, ServiceOrder, Subscription
from crm.events.models import Event
from tests.connections import somebody_else, until_somebody_waits
from tests.people import a_customer, a_line, a_member

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 26)
AT = dt.datetime(2026, 11, 26, 3, tzinfo=dt.UTC)
NUMBER, OTHER = "+6281200004471", "+6281200004472"


@pytest.fixture
def rina():
    return a_customer("Rina Maharani")


@pytest.fixture
def sari():
    return a_member("Sari Wulandari")


@pytest.fixture
def halo(rina):
    return a_line(rina, NUMBER, "kartuHALO", state_since=AT - dt.timedelta(days=90))


def a_product(code, **fields):
    return Product.objects.get_or_create(code=code, defaults=fields)[0]


def kinds():
    return list(Event.objects.filter(kind__regex=r"^(line|order)\.").order_by("pk").values_list("kind", flat=True))


def test_a_postpaid_line_lives_from_order_to_removal(rina, sari):
    product = a_product("Speedy", postpaid=True)
    line = actions.add_line(customer=rina, product=product, number="022 4200 4471", by=sari, at=AT)
    for hour, state in enumerate([*path(postpaid=True)[1:6], "active", "removed"], start=1):
        line = actions.move_line(line=line, state=state, by=sari, at=AT + dt.timedelta(hours=hour))
    assert kinds() == [
        "line.added", "line.surveyed", "line.installed", "line.activated", "line.overdue", "line.suspended",
        "line.restored", "line.removed",
    ]  # fmt: skip
    assert (line.activated_on, line.ended_on) == (DAY, DAY)


@pytest.mark.parametrize("state", Subscription.State.values)
def test_where_its_life_does_not_lead_a_line_does_not_go(halo, sari, state):
    Subscription.objects.filter(pk=halo.pk).update(state="isolir")
    if state in (*next_states("isolir", postpaid=True), "isolir"):
        return
    with pytest.raises(CannotGo):
        actions.move_line(line=halo, state=state, by=sari, at=AT)
    halo.refresh_from_db()
    assert (halo.state, kinds()) == ("isolir", [])


def test_a_prepaid_number_comes_back_until_it_is_recycled():
    for state in ("grace", "blocked"):
        check(state, "active", postpaid=False)
    assert (PREPAID["recycled"], next_states("isolir", postpaid=False)) == ((), ())


def test_what_is_told_late_or_twice_changes_nothing(halo, sari):
    actions.move_line(line=halo, state="isolir", by=sari, at=AT)
    actions.move_line(line=halo, state="due", by=sari, at=AT - dt.timedelta(hours=1))
    actions.move_line(line=halo, state="isolir", by=sari, at=AT + dt.timedelta(hours=1))
    halo.refresh_from_db()
    assert (halo.state, halo.state_since, kinds()) == ("isolir", AT, ["line.suspended"])


def test_a_top_up_prolongs(rina, sari):
    line = a_line(rina, NUMBER, state_since=AT, active_until=DAY)
    actions.move_line(line=line, state="active", by=sari, at=AT, dates={"active_until": DAY + dt.timedelta(days=30)})
    line.refresh_from_db()
    assert (line.active_until, kinds()) == (DAY + dt.timedelta(days=30), ["line.renewed"])


def test_an_old_number_still_finds_the_line(halo, sari):
    for number in ("0812-0000-4473", "0812 0000 4474"):
        actions.change_number(line=halo, number=number, by=sari)
    for number in ("081200004471", "+62 812 0000 4473", "6281200004474"):
        assert list(lines_of_number(number)) == [halo]
    assert kinds() == ["line.number_changed"] * 2
    assert not any(NUMBER in str(one.facts) for one in Event.objects.all())


def test_a_number_that_another_line_has_is_refused(halo, rina, sari):
    a_line(rina, OTHER)
    with pytest.raises(NumberTaken):
        actions.change_number(line=halo, number=OTHER, by=sari)
    with pytest.raises(NumberTaken):
        actions.add_line(customer=rina, product=halo.product, number=OTHER, by=sari)
    halo.refresh_from_db()
    assert (halo.msisdn, NumberChange.objects.count(), rina.subscriptions.count(), kinds()) == (NUMBER, 0, 2, [])


def test_nothing_of_an_ended_line_changes(halo, sari):
    Subscription.objects.filter(pk=halo.pk).update(state="removed")
    with pytest.raises(HasEnded):
        actions.change_number(line=halo, number=OTHER, by=sari)
    with pytest.raises(HasEnded):
        actions.change_owner(line=halo, owner=a_customer("Budi"), by=sari)
    halo.refresh_from_db()
    assert (halo.msisdn, halo.customer.name, kinds()) == (NUMBER, "Rina Maharani", [])


def test_owner_and_user_change(halo, rina, sari):
    putri = a_customer("Putri Maharani")
    actions.change_user(line=halo, user=putri, by=sari)
    halo.refresh_from_db()
    assert halo.user == putri
    actions.change_owner(line=halo, owner=putri, by=sari)
    halo.refresh_from_db()
    assert (halo.customer, halo.user) == (putri, None)
    event = Event.objects.get(kind="line.owner_changed")
    assert (event.customer_id, event.facts["before"]) == (putri.pk, rina.pk)


def test_a_merged_record_stands_for_where_it_went_and_an_erased_one_gets_nothing(halo, rina, sari):
    went = a_customer("Rina M.", absorbed_into=rina)
    assert actions.change_owner(line=halo, owner=went, by=sari).customer == rina
    with pytest.raises(LineError):
        actions.change_user(line=halo, user=a_customer(erased_at=AT), by=sari)
    assert kinds() == []


def test_a_registration_says_how_it_stands(rina, halo, sari):
    line = a_line(rina, OTHER)
    with pytest.raises(LineError):
        actions.register_prepaid(line=line, state="registered", by=sari)
    with pytest.raises(LineError):
        actions.register_prepaid(line=halo, state="registered", reference="R-1", by=sari)
    assert kinds() == []
    for _ in range(2):
        actions.register_prepaid(line=line, state="registered", reference="R-1", by=sari, at=AT)
    line.refresh_from_db()
    assert (line.registration, line.registration_reference, line.registered_at) == ("registered", "R-1", AT)
    assert kinds() == ["line.registration"]


def test_a_fourth_prepaid_number_is_taken_and_counted(rina, sari):
    product = a_product("simPATI")
    for number in range(4):
        actions.add_line(customer=rina, product=product, number=f"+628120000447{number}", by=sari)
    assert prepaid_numbers(rina) == 4


def test_each_night_prepaid_lines_go_on_by_their_dates(rina):
    def line(n, state, **fields):
        return a_line(rina, f"+62812000044{n:02}", state=state, **fields)

    yesterday, long_ago = DAY - dt.timedelta(days=1), AT - dt.timedelta(days=31)
    over = [
        line(1, "active", active_until=yesterday),
        line(2, "grace", grace_until=yesterday),
        line(3, "blocked", state_since=long_ago),
    ]
    a_line(rina, "+6281200004499", "kartuHALO", active_until=yesterday)
    line(4, "active", active_until=DAY), line(5, "grace", grace_until=DAY), line(6, "blocked", state_since=AT)
    assert (pass_dates(day=DAY, at=AT), pass_dates(day=DAY, at=AT)) == (3, 0)
    states = [Subscription.objects.get(pk=one.pk).state for one in over]
    assert states == ["grace", "blocked", "recycled"]
    assert Subscription.objects.get(pk=over[0].pk).grace_until == yesterday + dt.timedelta(days=30)
    assert sorted(kinds()) == ["line.blocked", "line.in_grace", "line.recycled"]


def order(rina, at=AT, **said):
    said = {"kind": "installation", "state": "planned", "reference": "SO-1"} | said
    return tell_order(customer=rina, at=at, **said)


def test_an_order_is_told_again_when_it_changes(rina):
    order(rina, planned_for=AT)
    assert order(rina, planned_for=AT)[1] is False
    order(rina, AT + dt.timedelta(hours=1), planned_for=AT + dt.timedelta(days=1))
    order(rina, AT + dt.timedelta(hours=3), state="done", done_at=AT)
    order(rina, AT + dt.timedelta(hours=2), state="failed")
    assert ServiceOrder.objects.get().state == "done"
    assert kinds() == ["order.planned", "order.changed", "order.done"]


def test_an_order_is_done_at_some_time_and_nobody_elses(rina):
    with pytest.raises(LineError):
        order(rina, state="done")
    order(rina)
    with pytest.raises(LineConflict):
        order(a_customer("Budi"), state="cancelled")
    assert (ServiceOrder.objects.get().state, kinds()) == ("planned", ["order.planned"])


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_of_two_who_take_one_number_one_has_it(self, rina, halo, sari):
        other = a_line(rina, OTHER, "kartuHALO")
        with somebody_else() as does:
            with transaction.atomic():
                actions.change_number(line=halo, number="+6281200004479", by=sari)
                later = does(actions.change_number, line=other, number="+6281200004479", by=sari)
                until_somebody_waits()
            with pytest.raises(NumberTaken):
                later.result(20)
        assert Subscription.objects.get(msisdn="+6281200004479") == halo

    def test_of_two_who_move_a_line_the_second_sees_where_it_is(self, halo, sari):
        at = timezone.now()
        with somebody_else() as does:
            with transaction.atomic():
                actions.move_line(line=halo, state="removed", by=sari, at=at)
                later = does(actions.move_line, line=halo, state="due", by=sari, at=at)
                until_somebody_waits()
            with pytest.raises(CannotGo):
                later.result(20)

    def test_two_nights_at_once_move_a_line_once(self, rina):
        a_line(rina, NUMBER, active_until=DAY - dt.timedelta(days=1))
        with somebody_else() as does, transaction.atomic():
            assert pass_dates(day=DAY) == 1
            assert does(pass_dates, day=DAY).result(20) == 0
        assert kinds() == ["line.in_grace"]

    def test_an_order_told_twice_at_once_is_one(self, rina):
        with somebody_else() as does:
            with transaction.atomic():
                order(rina)
                later = does(order, rina)
                until_somebody_waits()
            assert later.result(20)[1] is False
        assert (ServiceOrder.objects.count(), kinds()) == (1, ["order.planned"])


def test_the_database_keeps_each_kind_of_line_to_its_own_life():
    """One list of states in the model's constraint, one in the table of ways: they agree."""
    for product, postpaid in (("kartuHALO", True), ("simPATI", False)):
        line = a_line(a_customer(), f"+62812000044{postpaid:02}", product)
        for state in Subscription.State:
            known = state in path(postpaid=postpaid)
            with nullcontext() if known else pytest.raises(IntegrityError), transaction.atomic():
                Subscription.objects.filter(pk=line.pk).update(state=state)
        line.refresh_from_db()
        assert line.state in path(postpaid=postpaid)
        assert line.postpaid is postpaid


def test_another_systems_word_for_a_state_is_the_nearest_that_the_line_knows():
    for postpaid, nearest in ((True, NEAREST_POSTPAID), (False, NEAREST_PREPAID)):
        assert {*nearest, *path(postpaid=postpaid)} == set(Subscription.State.values)
        assert set(nearest.values()) <= set(path(postpaid=postpaid))
