"""The effect of a stage against the hold-out: what is counted for whom, and how sure one may be. Counted by hand."""

import datetime as dt
import itertools
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from caring.effect.figures import Effect, Row
from caring.effect.following import follow
from caring.effect.growth import growth
from caring.effect.intervals import Sample, of_means, of_shares
from caring.effect.outcomes import BY_KEY
from caring.effect.periods import last_followed
from caring.effect.reckoning import reckon
from caring.effect.standing import count_standing
from caring.models import Attempt, EffectFigures, EffectRule, Followed, Stage, Standing, Suppression, Task
from crm.billing.models import TierChange, Usage
from crm.billing.months import first_day
from crm.customers.models import Customer
from crm.staff.models import Role
from tests.caring.people import TODAY, a_bill, a_consenting, a_subscriber
from tests.desk.test_pages import queries_of
from tests.people import a_case, a_member

pytestmark = pytest.mark.django_db
MONTH = last_followed(1, TODAY)  # the newest whose occasions have been followed for a month
DAY = dt.timedelta(days=1)
_number = itertools.count()


def moment(month: int, day: int = 5) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(first_day(month), dt.time(12))) + (day - 1) * DAY


def an_occasion(stage: int = 22, *, held: bool = False, month: int = MONTH, line: Any = None, **fields: Any) -> Task:
    line, at = line or a_subscriber(activated_on=dt.date(2020, 1, 1)), moment(month)
    given = {"state": "suppressed", "why": "hold_out", "is_held_out": True} if held else {"state": "done"}
    return Task.objects.create(
        stage_id=stage, version=Stage.objects.get(pk=stage).version, customer=line.customer, subscription=line,
        occasion=f"x:{next(_number)}", channel="call", occurred_at=at, next_at=at, due_at=at + DAY, closed_at=at,
        created_at=at, **given | fields,
    )  # fmt: skip


def billed(task: Task, before: int, after: int, *, paid: bool = True) -> None:
    """Three months before the occasion, and the one after it, whose bill falls due five days after the occasion."""
    for month in (MONTH - 3, MONTH - 2, MONTH - 1):
        day = first_day(month) + 20 * DAY
        a_bill(task.subscription, month=first_day(month), net=before, tax=0, total=before, due=day, paid=day)
    due = moment(MONTH).date() + 5 * DAY
    a_bill(
        task.subscription, month=first_day(MONTH + 1), net=after, tax=0, total=after or 1, due=due,
        paid=due + 14 * DAY if paid else due + 15 * DAY,
    ) if after else None  # fmt: skip


def of(task: Task) -> tuple[Any, ...]:
    row = Followed.objects.get(task=task, months=1)
    return row.left, row.paid, row.change, row.complained


def test_two_shares_are_compared_as_newcombe_did():
    found = of_shares(56, 70, 48, 80)  # his own example (Statistics in Medicine, 1998): 0.0524 to 0.3339
    assert (round(found.effect, 4), round(found.low, 4), round(found.high, 4)) == (0.2, 0.0524, 0.3339)


def test_two_means_are_compared_as_welch_did():
    found = of_means(Sample(13, 4, 10), Sample(10, 4, 10))  # by the table: t(18) = 2.1009, times the root of 0.8
    assert (found.effect, round(found.low, 3), round(found.high, 3)) == (3, 1.121, 4.879)


@pytest.mark.usefixtures("programme")
def test_what_came_of_each_occasion_is_counted_for_both_groups_alike():
    stays, leaves, silent, fed_up = (an_occasion(held=held) for held in (False, True, False, False))
    billed(stays, 100_000, 150_000)
    billed(fed_up, 100_000, 100_000, paid=False)
    billed(leaves, 80_000, 0)
    leaves.subscription.state, leaves.subscription.ended_on = "removed", first_day(MONTH + 1) + 27 * DAY
    leaves.subscription.save()
    Usage.objects.create(
        customer=silent.customer, subscription=silent.subscription, month=first_day(MONTH + 1), minutes_out=0
    )
    a_case(moment(MONTH, 20), customer=fed_up.customer, kind="complaint")
    a_case(moment(MONTH, 4), customer=stays.customer, kind="complaint")
    follow(TODAY, rule=EffectRule())
    assert of(stays) == (False, True, 50_000, False)
    assert of(leaves) == (True, None, -80_000, False)
    assert of(silent) == (True, None, None, False)
    assert of(fed_up) == (False, False, 0, True)


@pytest.mark.usefixtures("programme")
def test_whoever_was_picked_stays_in_their_group_unless_the_hold_out_was_never_asked():
    never = an_occasion(state="suppressed", why="no_consent")
    withdrew = an_occasion(state="suppressed", why="no_consent")
    Suppression.objects.create(task=withdrew, why="no_consent")
    complained = an_occasion(state="suppressed", why="complaint")
    missed = an_occasion(state="failed")
    service = an_occasion(stage=13)
    young = an_occasion(month=MONTH + 1)
    follow(TODAY, rule=EffectRule())
    followed = set(Followed.objects.filter(months=1).values_list("task", flat=True))
    assert followed == {withdrew.pk, complained.pk, missed.pk}
    assert not {never.pk, service.pk, young.pk} & followed


@pytest.mark.usefixtures("programme")
def test_an_effect_is_what_differs_and_each_customer_counts_once():
    EffectRule.objects.create(least=4)
    treated = [an_occasion() for _ in range(5)]
    held = [an_occasion(held=True) for _ in range(4)]
    again = an_occasion(line=treated[0].subscription, month=MONTH)
    for task in (treated[0], *held[:3]):
        task.subscription.state, task.subscription.ended_on = "removed", first_day(MONTH + 1)
        task.subscription.save()
    for place, (task, way) in enumerate(((treated[0], "call"), (again, "call"), (treated[1], "sms"))):
        Attempt.objects.create(task=task, number=place + 1, channel=way, outcome="no_answer" if place else "reached")
    reckon(TODAY, timezone.now())
    kept = EffectFigures.objects.get(stage=22, months=1, period="3")
    left = kept.outcomes["left"]
    assert [left[name] for name in ("of", "hits", "held_of", "held_hits")] == [5, 1, 4, 3]
    assert round(left["effect"], 2) == -0.55
    expected = of_shares(1, 5, 3, 4)
    assert (left["low"], left["high"]) == (expected.low, expected.high)
    assert (kept.tries, kept.reached) == ({"call": 2, "sms": 1}, 1)
    assert "effect" not in kept.outcomes["change"]  # nothing is known of their bills
    together = EffectFigures.objects.get(stage=None, months=1, period="3")
    assert (together.outcomes["left"]["of"], together.tries) == (5, {"call": 2, "sms": 1})
    assert EffectFigures.objects.get(stage=13, months=1, period="3").outcomes["left"]["of"] == 0


@pytest.mark.usefixtures("programme")
def test_too_few_say_nothing():
    an_occasion(), an_occasion(held=True)
    reckon(TODAY, timezone.now())
    assert "effect" not in EffectFigures.objects.get(stage=22, months=1, period="12").outcomes["left"]


@pytest.mark.usefixtures("programme")
def test_a_night_judges_again_only_what_is_new_and_all_where_the_rule_has_changed():
    old, new = an_occasion(month=MONTH - 5), an_occasion()
    reckon(TODAY, timezone.now())
    kept = dict(Followed.objects.filter(months=1).values_list("task", "pk"))
    reckon(TODAY, timezone.now())
    again = dict(Followed.objects.filter(months=1).values_list("task", "pk"))
    assert (kept[old.pk] == again[old.pk], kept[new.pk] == again[new.pk]) == (True, False)
    EffectRule.objects.create(payment_days=7)
    reckon(TODAY, timezone.now())
    assert Followed.objects.get(task=old, months=1).pk != kept[old.pk]


def test_customers_and_lines_are_counted_by_the_tier_they_had_then():
    gold = a_consenting(tier="gold")
    at = timezone.now()
    TierChange.objects.create(customer=gold, before="", after="gold", why="first", arpu=600_000, month=first_day(
        MONTH - 1), at=moment(MONTH - 1))  # fmt: skip
    TierChange.objects.create(customer=gold, before="gold", after="silver", why="down", arpu=1, month=TODAY, at=at)
    a_subscriber(customer=gold, activated_on=dt.date(2020, 1, 1))
    a_subscriber(customer=gold, activated_on=dt.date(2020, 1, 1), state="removed", ended_on=first_day(MONTH) + 3 * DAY)
    count_standing(TODAY)

    def standing(month: int, tier: str = "gold", product: str = "") -> tuple[int, ...]:
        rows = Standing.objects.filter(month=first_day(month), tier=tier, product=product)
        return rows.values_list("customers", "lines", "began", "left").first() or ()

    assert standing(MONTH - 2) == ()
    assert standing(MONTH - 1) == (1, 2, 0, 0)
    assert standing(MONTH) == standing(MONTH, product="kartuHALO") == (1, 1, 2, 1)
    assert standing(MONTH + 1) == (1, 1, 1, 0)


@pytest.fixture
def ratna(programme: None) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(a_member(role=Role.SUPERVISOR))
    return client


@pytest.fixture
def counted(ratna: Client) -> None:
    """Three contacted, one of whom left; two in the hold-out, both of whom left; a Gold customer among them."""
    EffectRule.objects.create(least=2, call=6_000)
    treated, held = [an_occasion() for _ in range(3)], [an_occasion(held=True) for _ in range(2)]
    for task in (treated[0], *held):
        task.subscription.state, task.subscription.ended_on = "removed", first_day(MONTH + 1)
        task.subscription.save()
    Customer.objects.update(tier="basic")
    Customer.objects.filter(pk=treated[1].customer_id).update(tier="gold")
    Attempt.objects.create(task=treated[1], number=1, channel="call", outcome="reached")
    Attempt.objects.create(task=treated[2], number=1, channel="call", outcome="no_answer")
    reckon(TODAY, timezone.now())


@pytest.mark.usefixtures("counted")
def test_every_figure_of_the_effect_opens_as_many_rows_as_it_says(ratna: Client):
    page = ratna.get("/caring/effect/?months=1&period=3")
    row = next(one for one in page.context["stages"] if one.stage.pk == 22)
    assert (row.left.of, row.left.held_of, row.tried, row.reached, row.cost, row.per_contact) == (
        3, 2, 2, 1, 12_000, 12_000,
    )  # fmt: skip

    def listed(query: str) -> int:
        return len(ratna.get(f"/caring/effect/rows/?months=1&period=3&{query}").context["lines"])

    assert [listed(f"stage=22&group={group}&outcome=left") for group in ("treated", "held")] == [3, 2]
    assert [listed(f"stage=22&group={group}&outcome=left&came=on") for group in ("treated", "held")] == [1, 2]
    assert [listed("group=treated"), listed("of=contacts&stage=22"), listed("of=contacts&reached=on")] == [3, 2, 1]
    growth = page.context["growth"]
    assert (growth.worth.start, growth.worth.end, growth.everybody.left) == (1, 1, 3)
    assert [listed("of=customers"), listed("of=customers&worth=on&start=on"), listed("of=left")] == [2, 1, 3]
    assert [listed("of=customers&tier=gold&product=kartuHALO"), listed("of=left&tier=gold")] == [1, 0]


@pytest.mark.usefixtures("counted")
def test_the_page_says_what_is_proven_and_what_is_not_and_its_files_say_the_same(ratna: Client):
    page = ratna.get("/caring/effect/?months=1&period=3").text
    assert "no difference proven" in page
    assert "Not enough data" in page
    assert "stages have no hold-out" in page
    for what, said in (("table", "Words of thanks"), ("growth", "kartuHALO"), ("rows", "Contacted group")):
        answer = ratna.get(f"/caring/effect/{what}.csv?months=1&period=3")
        assert said in b"".join(answer.streaming_content).decode()
    assert "62811-" not in ratna.get("/caring/effect/rows/?months=1&period=3").text.replace("••••", "")


@pytest.mark.usefixtures("counted")
def test_the_page_and_the_list_cost_the_same_however_many_there_are(ratna: Client):
    pages = ("/caring/effect/", "/caring/effect/rows/?months=1&period=3", "/caring/programme/")
    few = [queries_of(ratna, page) for page in pages]
    for held in (True, False, True):
        an_occasion(held=held, stage=21)
    reckon(TODAY, timezone.now())
    assert [queries_of(ratna, page) for page in pages] == few


@pytest.mark.usefixtures("programme")
def test_the_effect_is_for_those_who_may_see_the_programme():
    client = Client()
    client.force_login(a_member(role=Role.AGENT))
    for path in ("", "rows/", "table.csv", "rows.csv"):
        assert client.get(f"/caring/effect/{path}").status_code == 403


def test_before_the_first_night_nothing_is_claimed(ratna: Client):
    assert "Not counted yet" in ratna.get("/caring/effect/").text


def test_what_a_customer_kept_has_cost_is_said_only_where_somebody_was_kept():
    def row(low: float, high: float) -> Row:
        said = {"of": 200, "held_of": 100, "effect": (low + high) / 2, "low": low, "high": high}
        return Row(None, [Effect(BY_KEY["left"], said, 50)], {"call": 100}, 60, {"call": 6_000})

    kept = row(-0.10, -0.02).kept  # 200 contacted: 12 kept, at least 4, at most 20; 600,000 rupiah
    assert kept is not None
    assert [round(one) for one in (kept.count, kept.low, kept.high, kept.each, kept.each_low, kept.each_high)] == [
        12, 4, 20, 50_000, 30_000, 150_000,
    ]  # fmt: skip
    assert row(-0.10, 0.02).kept is None
    assert row(0.02, 0.10).kept is None


def test_growth_is_not_counted_from_months_of_which_no_tiers_are_known():
    for month, tier, customers in ((MONTH - 1, "", 9), (MONTH, "", 4), (MONTH, "gold", 5), (MONTH + 1, "gold", 6)):
        Standing.objects.create(month=first_day(month), tier=tier, customers=customers, lines=customers)
    found = growth("12", EffectRule())
    assert found is not None
    assert (found.start, found.worth.start, found.worth.end, found.worth.percent) == (first_day(MONTH), 5, 6, 20)


@pytest.mark.usefixtures("programme")
def test_the_page_of_a_stage_says_what_it_changed(ratna: Client):
    assert "from the first night on" in ratna.get("/caring/stages/22/").text
    EffectRule.objects.create(least=2)
    treated, held = (
        [an_occasion(month=MONTH - 5) for _ in range(3)],
        [an_occasion(month=MONTH - 5, held=True) for _ in "ab"],
    )
    for task in (treated[0], *held):
        task.subscription.state, task.subscription.ended_on = "removed", first_day(MONTH - 4)
        task.subscription.save()
    reckon(TODAY, timezone.now())
    effect = ratna.get("/caring/stages/22/").context["effect"]
    assert (effect.left.of, effect.left.held_of, effect.left.is_known) == (3, 2, True)
    assert effect.left.range in ratna.get("/caring/stages/22/").text
    assert "No hold-out" in ratna.get("/caring/stages/13/").text
