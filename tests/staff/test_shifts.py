import datetime as dt
import zoneinfo

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from crm.staff import actions, spans
from crm.staff.errors import ShiftsOverlap
from crm.staff.models import Shift, User
from tests.people import a_member, a_team
from tests.staff.conftest import queries, signed_in

MONDAY = dt.date(2026, 11, 23)
WIB, WIT = zoneinfo.ZoneInfo("Asia/Jakarta"), zoneinfo.ZoneInfo("Asia/Jayapura")
PAGE = f"/staff/shifts/?week={MONDAY}"


def plan(person: User, **days: str) -> dict:
    return {person: {MONDAY + dt.timedelta(days=int(n[1:])): spans.parse(text) for n, text in days.items()}}


def planned(person: User, zone: zoneinfo.ZoneInfo = WIB) -> list[str]:
    return [
        f"{s.starts_at.astimezone(zone):%a %H:%M}-{s.ends_at.astimezone(zone):%a %H:%M}" for s in person.shifts.all()
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [("07-15", "07-15"), ("7-15", "07-15"), ("7:30 - 15.30", "07:30-15:30"), ("22–06", "22-06"), ("16-24", "16-00")],
)
def test_a_shift_is_read_as_people_write_it(text, shown):
    assert str(spans.parse(text)) == shown


@pytest.mark.parametrize("text", ["pagi", "7", "25-26", "07-07", "24-08", "07-15-20", "7:99-8"])
def test_what_is_no_shift_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011
        spans.parse(text)


def test_an_empty_cell_is_a_day_off():
    assert spans.parse("  ") is None


def test_a_week_is_planned_by_the_persons_own_clock(supervisor, team):
    person = a_member("Yosef", teams=(team,), time_zone="Asia/Jayapura")
    actions.plan_week(monday=MONDAY, plan=plan(person, d0="07-15", d1="22-06"), by=supervisor)
    assert planned(person, WIT) == ["Mon 07:00-Mon 15:00", "Tue 22:00-Wed 06:00"]


def test_planning_again_replaces_the_week_and_leaves_the_others(supervisor, sari):
    actions.plan_week(monday=MONDAY, plan=plan(sari, d0="07-15"), by=supervisor)
    actions.plan_week(monday=MONDAY + dt.timedelta(7), plan=plan(sari, d7="08-16"), by=supervisor)
    actions.plan_week(monday=MONDAY, plan=plan(sari, d2="14-22"), by=supervisor)
    assert planned(sari) == ["Wed 14:00-Wed 22:00", "Mon 08:00-Mon 16:00"]


def test_nobody_is_in_two_places_at_once(supervisor, sari):
    actions.plan_week(monday=MONDAY, plan=plan(sari, d0="07-15"), by=supervisor)
    with pytest.raises(ShiftsOverlap):
        actions.plan_week(monday=MONDAY, plan=plan(sari, d0="22-06", d1="05-13"), by=supervisor)
    assert planned(sari) == ["Mon 07:00-Mon 15:00"]


def test_the_database_refuses_overlapping_shifts_too(sari):
    start = dt.datetime(2026, 11, 23, 7, tzinfo=WIB)
    Shift.objects.create(user=sari, starts_at=start, ends_at=start + dt.timedelta(hours=8))
    with pytest.raises(IntegrityError), transaction.atomic():
        Shift.objects.create(user=sari, starts_at=start + dt.timedelta(hours=7), ends_at=start + dt.timedelta(hours=9))
    Shift.objects.create(user=sari, starts_at=start + dt.timedelta(hours=8), ends_at=start + dt.timedelta(hours=9))


def test_a_supervisor_plans_nobody_elses_people(supervisor):
    stranger = a_member(teams=(a_team("Call centre"),))
    with pytest.raises(PermissionDenied):
        actions.plan_week(monday=MONDAY, plan=plan(stranger, d0="07-15"), by=supervisor)
    assert not Shift.objects.exists()


def test_a_supervisor_plans_the_week_on_one_page(supervisor, sari):
    client = signed_in(supervisor)
    response = client.post(PAGE, {f"{sari.pk}-20261123": "07-15", f"{sari.pk}-20261124": "22-06"})
    assert response.status_code == 302
    assert planned(sari) == ["Mon 07:00-Mon 15:00", "Tue 22:00-Wed 06:00"]
    assert 'value="22-06"' in client.get(PAGE).content.decode()


def test_a_wrong_cell_keeps_what_was_typed_and_plans_nothing(supervisor, sari):
    page = signed_in(supervisor).post(PAGE, {f"{sari.pk}-20261123": "pagi", f"{sari.pk}-20261124": "07-15"})
    assert page.context["form"].errors.keys() == {f"{sari.pk}-20261123"}
    assert 'value="pagi"' in page.content.decode()
    assert not Shift.objects.exists()


def test_last_weeks_shifts_are_filled_in_and_kept_when_saved(supervisor, sari):
    actions.plan_week(
        monday=MONDAY - dt.timedelta(7), plan={sari: {dt.date(2026, 11, 17): spans.parse("08-16")}}, by=supervisor
    )
    page = signed_in(supervisor).get(f"{PAGE}&copy=1")
    assert page.context["form"].initial == {f"{sari.pk}-20261124": "08-16"}
    assert Shift.objects.count() == 1


def test_the_page_costs_the_same_for_any_number_of_people(supervisor, sari, team):
    client = signed_in(supervisor)
    few = queries(client, PAGE)
    for _ in range(30):
        a_member(teams=(team,))
    assert queries(client, PAGE) == few <= 14
    assert len(client.get(PAGE).context["form"].people) == 31
