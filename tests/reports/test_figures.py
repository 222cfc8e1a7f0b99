"""What each figure counts, and that the list behind it is exactly as long."""

import datetime as dt
import random

import pytest
from django.utils import timezone

from crm.cases.models import Case
from crm.cases.sweep import sweep
from crm.reports.sla import lists
from crm.reports.sla.archives import archive_of
from crm.reports.sla.figures import FIGURES
from crm.reports.sla.filters import Filters
from crm.reports.sla.totals import BREAKDOWNS, TOTAL, Figures, count
from crm.staff.models import User
from social.actions import begin_import
from social.csvfile import summarise
from social.importing import run_import
from social.storing import account_named
from tests.people import a_case
from tests.reports.conftest import an_answered_case, before
from tests.social.rows import some_archive, write

Week = dict[str, Case]


def now(**more: object) -> Filters:
    return Filters(at=timezone.now(), **more)


def total(filters: Filters | None = None) -> Figures:
    return count(filters or now())[TOTAL][()]


def listed(figure: str, filters: Filters | None = None, **cells: object) -> set[int]:
    return {one.id for chunk in lists.everything(filters or now(), figure, cells) for one in chunk}


def test_each_figure_counts_its_own_cases(week: Week) -> None:
    expected = {
        "cases": {"in time", "late", "overdue", "fresh", "settled", "settled late"},
        "cancelled": {"cancelled"},
        "rejected": {"rejected"},
        "answered": {"in time", "late", "settled", "settled late"},
        "in_time": {"in time", "settled", "settled late"},
        "late": {"late"},
        "unanswered": {"overdue", "fresh"},
        "due": {"in time", "late", "overdue", "settled", "settled late"},
        "due_in_time": {"in time", "settled", "settled late"},
        "due_late": {"late"},
        "due_missed": {"late", "overdue"},
        "due_unanswered": {"overdue"},
        "settled": {"settled", "settled late"},
        "settled_in_time": {"settled"},
        "settle_due": {"settled", "settled late"},
        "settle_due_in_time": {"settled"},
        "settle_due_open": set(),
        "breached": {"late", "overdue", "settled late"},
        "breached_reply": {"late", "overdue"},
        "breached_settle": {"settled late"},
    }
    found = {figure: listed(figure) for figure in expected}
    assert found == {figure: {week[name].pk for name in names} for figure, names in expected.items()}


def test_times_are_the_median_and_the_ninth_decile_of_the_answered(week: Week) -> None:
    figures = total()
    assert figures.median() == pytest.approx(600)
    assert figures.p90() == pytest.approx(600 + 0.7 * 600)
    assert figures.share("in_time", "answered") == 75
    assert figures.share("due_in_time", "due") == 60


def test_a_late_case_is_late_before_and_after_the_sweep(week: Week) -> None:
    earlier = total()
    sweep()
    assert total() == earlier


def test_a_short_promise_kept_is_in_time_even_if_the_case_is_new(sari: User) -> None:
    an_answered_case(sari, opened=before(minutes=3), after=1)
    figures = total()
    assert (figures["answered"], figures["in_time"], figures["due"]) == (1, 1, 0)


def test_an_automatic_answer_is_no_answer(sari: User) -> None:
    case = a_case(before(minutes=40), team=sari.team)
    case.entries.get().interaction.__class__.objects.create(
        customer=case.customer, channel="call", direction="out", by_person=False, at=before(minutes=39)
    )
    assert total()["due_unanswered"] == 1


def test_a_period_holds_its_first_moment_and_not_its_last(sari: User) -> None:
    edge = before(hours=5)
    a_case(edge, team=sari.team)
    hour = dt.timedelta(hours=1)
    assert total(now(since=edge, until=edge + hour))["cases"] == 1
    assert total(now(since=edge - hour, until=edge))["cases"] == 0


def test_filters_narrow_every_figure(week: Week) -> None:
    assert total(now(channel="email"))["cases"] == 2
    assert total(now(tier="gold"))["cases"] == 0
    assert total(now(only_teams=()))["cases"] == 0


def test_every_figure_of_every_group_is_as_long_as_its_list(week: Week) -> None:
    filters = now()
    assert_lists_fit(filters)


def test_the_same_holds_for_an_archive(quality: User, tmp_path) -> None:
    replay_some(tmp_path)
    archive = archive_of("sapa")
    assert archive is not None
    assert_lists_fit(now(archive=archive))


def replay_some(tmp_path) -> None:
    path = write(tmp_path / "posts.csv", some_archive(random.Random(5), "Sapa", size=60))
    account = account_named("x", "Sapa")
    run_import(
        begin_import(account=account, file_name="posts.csv", summary=summarise(path), replay=True, by=None), path
    )


def assert_lists_fit(filters: Filters) -> None:
    for dimensions, groups in count(filters, BREAKDOWNS).items():
        for key, figures in groups.items():
            cells = dict(zip(dimensions, key, strict=True))
            wrong = {name for name in FIGURES if len(listed(name, filters, **cells)) != figures[name]}
            assert not wrong, (cells, wrong)


def test_groups_of_a_breakdown_add_up_to_the_total(week: Week) -> None:
    counted = count(now(), BREAKDOWNS)
    whole = counted[TOTAL][()]
    for groups in counted.values():
        assert sum(figures["cases"] for figures in groups.values()) == whole["cases"]


def test_live_figures_leave_archives_out(week: Week, tmp_path) -> None:
    earlier = total()
    replay_some(tmp_path)
    assert total() == earlier


def test_pages_of_a_list_hold_every_case_once(sari: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "PAGE", 3)
    wanted = {a_case(before(hours=2), team=sari.team).pk for _ in range(8)}
    seen, after = [], None
    while True:
        shown, after = lists.page(now(), "cases", {}, order="slowest", after=after)
        seen += [one.id for one in shown]
        if after is None:
            break
    assert (len(seen), set(seen)) == (8, wanted)
