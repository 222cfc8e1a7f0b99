"""The leaving risk, on lines made up for it: what raises it, what it says of itself, and what it never does."""

import json
import random
from dataclasses import replace

import pytest

from caring.leaving.fitting import Example, cross_validate, fit, hanley, known, wilson
from caring.leaving.model import RECHARGE, USAGE, Line, Model, Month, Reason, features, halved

BUSY = Month(minutes_in=100, minutes_out=150, megabytes=50, revenue=200, recharged=210)
SILENT = Month(minutes_in=0, minutes_out=0, megabytes=0, revenue=0, recharged=0)
FADING = Month(minutes_in=4, minutes_out=1, megabytes=0, revenue=20, recharged=10)
STEADY = Line(BUSY, BUSY, tenure=2000)
GONE_QUIET = Line(BUSY, SILENT, tenure=250)


def lines(count: int = 200) -> list[Example]:
    """Of those whose usage fades half leave, of the others one in twenty; the same in every run."""
    chance = random.Random(7)
    made = []
    for at in range(count):
        fades = at % 5 == 0
        size = chance.uniform(0.5, 2)
        before = Month(100 * size, 150 * size, 50 * size, 200 * size, 210 * size)
        left = chance.random() < (0.5 if fades else 0.05)
        made.append(Example(Line(before, FADING if fades else before, chance.randint(200, 3000)), left))
    return made


@pytest.fixture(scope="module")
def model() -> Model:
    return fit(lines())


def test_usage_is_minutes_and_megabytes():
    assert Month(minutes_in=1, minutes_out=2, megabytes=4).usage == 7


def test_what_the_network_does_not_say_is_left_out():
    assert Month(minutes_in=1).usage == 1
    assert Month(revenue=9).usage is None


def test_a_line_is_silent_only_where_the_network_says_so():
    assert SILENT.silent is True
    assert BUSY.silent is False
    assert Month().silent is None


def test_features_do_not_depend_on_the_unit_of_money():
    thousandfold = Line(*(replace(BUSY, revenue=200_000, recharged=210_000) for _ in range(2)), tenure=2000)
    assert features(thousandfold, 180_000) == pytest.approx(features(STEADY, 180))


def test_negative_revenue_counts_as_none():
    owed = replace(BUSY, revenue=-20.0)
    assert features(Line(owed, BUSY), 180)["revenue_before"] == 0


def test_the_naive_rule_wants_more_than_half_lost():
    assert halved(49, [100])
    assert not halved(50, [100])
    assert halved(49, [150, 50])


def test_the_naive_rule_says_no_where_revenue_is_not_known():
    assert not halved(None, [100])
    assert not halved(1, [None])


def test_who_goes_quiet_is_at_greater_risk(model):
    assert model.risk(GONE_QUIET) > 5 * model.risk(STEADY)
    assert model.picks(GONE_QUIET)
    assert not model.picks(STEADY)


def test_risk_is_a_chance(model):
    assert 0 < model.risk(STEADY) < model.risk(GONE_QUIET) < 1


def test_a_line_of_which_nothing_is_known_gets_the_average(model):
    assert set(model.contributions(Line(Month(), Month())).values()) == {0}


def test_beyond_what_was_seen_nothing_is_added(model):
    assert model.risk(replace(STEADY, tenure=10**6)) == model.risk(replace(STEADY, tenure=3000))


def test_a_model_survives_json(model):
    again = Model.from_numbers(json.loads(json.dumps(model.numbers())))
    assert again == model
    assert again.risk(GONE_QUIET) == model.risk(GONE_QUIET)


def test_money_in_rupiah_gives_the_same_risk(model):
    def rupiah(month: Month) -> Month:
        return replace(month, revenue=(month.revenue or 0) * 1000, recharged=(month.recharged or 0) * 1000)

    def richer(line: Line) -> Line:
        return Line(rupiah(line.before), rupiah(line.last), line.tenure)

    again = fit([Example(richer(each.line), each.left) for each in lines()])
    assert again.risk(richer(GONE_QUIET)) == pytest.approx(model.risk(GONE_QUIET), rel=1e-3)


def test_fitting_twice_gives_the_same_numbers(model):
    assert fit(lines()) == model


def test_picked_is_who_is_likelier_to_leave_than_the_average(model):
    assert model.cutoff == sum(each.left for each in lines()) / 200


def plain(**coefficients: float) -> Model:
    """Every feature is the same number for the average line: 0, and 1 counts as `coefficients` say."""
    ones = (1.0,) * len(RECHARGE)
    weights = {"usage": -1.0, "usage_change": -1.0, "silent_before": 1.0, "revenue_before": 0.5, "tenure": -0.2}
    weights |= {"recharge_change": -0.1} | coefficients
    row = tuple(weights[name] for name in RECHARGE)
    return Model(RECHARGE, (3, 0, 0, 2, 6, 0), ones, (-99,) * 6, (99,) * 6, row, -2, 180, 0.1)


def test_silence_is_told_as_silence():
    reasons = [reason for reason, _ in plain().explain(GONE_QUIET)]
    assert reasons == [Reason.SILENT, Reason.NO_RECHARGE, Reason.SPENT_WELL_BEFORE]


def test_a_fall_is_told_as_a_fall():
    assert plain().explain(Line(BUSY, FADING))[0][0] == Reason.USAGE_FELL


def test_always_little_is_told_as_little():
    assert plain().explain(Line(FADING, FADING))[0][0] == Reason.USED_LITTLE


def test_silence_before_is_told_only_of_who_was_silent():
    assert Reason.SILENT_BEFORE in dict(plain().explain(Line(SILENT, SILENT)))
    assert Reason.SILENT_BEFORE not in dict(plain(silent_before=-1).explain(Line(BUSY, BUSY)))


def test_a_smaller_recharge_is_told_as_less():
    assert Reason.RECHARGED_LESS in dict(plain(recharge_change=-1).explain(Line(BUSY, FADING)))


def test_a_short_tenure_is_told():
    assert Reason.SHORT_TENURE in dict(plain().explain(replace(STEADY, tenure=30)))


def test_three_reasons_at_most_strongest_first():
    told = [added for _, added in plain(recharge_change=-1, tenure=-1).explain(GONE_QUIET)]
    assert len(told) == 3
    assert told == sorted(told, reverse=True)


def test_a_steady_line_has_nothing_to_tell():
    assert plain(revenue_before=0).explain(STEADY) == []


def test_what_few_lines_know_is_not_learnt():
    without = [
        Example(Line(replace(e.line.before, recharged=None), e.line.last, e.line.tenure), e.left) for e in lines()
    ]
    assert known(lines()) == RECHARGE
    assert known(without) == USAGE
    assert fit(without).names == USAGE


def test_a_single_unknown_tenure_does_not_disturb():
    first, *others = lines()
    examples = [replace(first, line=replace(first.line, tenure=None)), *others]
    assert fit(examples).risk(GONE_QUIET) == pytest.approx(fit(lines()).risk(GONE_QUIET), abs=0.02)


def test_lines_that_bring_nothing_can_be_learnt_from():
    free = [replace(e, line=Line(*(replace(m, revenue=0) for m in (e.line.before, e.line.last)), 900)) for e in lines()]
    assert fit(free).typical == 1


def test_cross_validation_is_the_same_each_time():
    assert cross_validate(lines(), repeats=2) == cross_validate(lines(), repeats=2)


def test_cross_validation_learns_nothing_from_chance():
    shuffled = [each.left for each in lines()]
    random.Random(3).shuffle(shuffled)
    report = cross_validate([Example(each.line, left) for each, left in zip(lines(), shuffled, strict=True)], repeats=4)
    assert report.model.auc.value == pytest.approx(0.5, abs=0.12)


def test_intervals_hold_what_they_are_about():
    share, area = wilson(8, 20), hanley(0.9, 65, 635)
    assert (round(share.low, 3), share.value, round(share.high, 3)) == (0.219, 0.4, 0.613)
    assert 0.8 < area.low < 0.9 < area.high < 1


def test_nothing_picked_says_nothing_of_precision():
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0, 1)
