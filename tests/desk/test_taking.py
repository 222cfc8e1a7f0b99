"""Assigning from the desk: by hand, searched for, or taking the next one."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.cases.actions import hand_out
from crm.cases.actions.taking_back import take_back_all
from crm.cases.models import Case, Category
from crm.desk.handlers import notify
from crm.desk.happenings import happenings
from crm.desk.models import Draft, Notification
from crm.events.models import Event
from crm.staff.models import Presence, Role, Skill, Team, User
from tests.desk.conftest import HTMX
from tests.people import a_case, a_member, a_team


def dialog(client, case: Case, q: str = "") -> str:
    url = reverse("desk:act", args=[case.number, "assign"])
    return client.get(url, {"q": q} if q else {}, headers=HTMX).content.decode()


def names_in(page: str, *names: str) -> list[str]:
    """These names in the order in which they stand there."""
    return sorted((name for name in names if f"<b>{name}</b>" in page), key=lambda name: page.index(f"<b>{name}</b>"))


@pytest.fixture
def bills(db) -> Skill:
    return Skill.objects.create(code="bills", name="Tagihan", name_en="Bills")


def test_those_who_fit_stand_first_and_of_them_whoever_has_room(as_user, ratna, team, bills):
    full = a_member("Dimas Anggoro", teams=(team,), presence="available", capacity=1)
    free = a_member("Putri Maharani", teams=(team,), presence="available")
    other = a_member("Joko Prasetyo", teams=(a_team(),), presence="available")
    for one in (full, free):
        one.skills.add(bills)
    a_case(assignee=full)
    case = a_case(team=team, category=Category.objects.create(code="b", name="T", name_en="B", skill=bills))
    page = dialog(as_user(ratna), case)
    assert names_in(page, full.name, free.name, other.name) == [free.name, full.name, other.name]
    assert "1 / 1" in page
    assert "Bills" in page


def test_people_are_found_by_name_team_or_skill(as_user, ratna, team, bills):
    a_member("Putri Maharani", teams=(team,))
    a_member("Joko Prasetyo", teams=(a_team("Call centre"),)).skills.add(bills)
    case, client = a_case(team=team), as_user(ratna)
    everybody = ("Putri Maharani", "Joko Prasetyo", "Ratna Kusumaningrum")
    for asked, found in {
        "putri": everybody[:1],
        "bills": everybody[1:2],
        "call centre": everybody[1:2],
        "zz": (),
    }.items():
        assert names_in(dialog(client, case, asked), *everybody) == list(found)


def test_the_dialog_asks_as_much_for_three_people_as_for_thirty(as_user, ratna, team, django_assert_max_num_queries):
    case, client = a_case(team=team), as_user(ratna)
    dialog(client, case)
    for number in range(30):
        a_case(assignee=a_member(f"Agen {number}", teams=(team,)))
    with django_assert_max_num_queries(19):
        dialog(client, case)


def test_nothing_chosen_changes_nothing(as_user, ratna, sari, team):
    case = a_case(team=team, assignee=sari)
    response = as_user(ratna).post(reverse("desk:act", args=[case.number, "assign"]), {}, headers=HTMX)
    assert response.status_code == 422
    assert Case.objects.get(pk=case.pk).assignee == sari


def test_the_next_case_is_taken_and_opened(as_user, sari, team):
    late, _fresh = a_case(timezone.now() - dt.timedelta(minutes=9), team=team), a_case(team=team)
    response = as_user(sari).post(reverse("desk:next"), headers=HTMX)
    assert f'data-number="{late.number}"' in response.content.decode()
    assert response["HX-Push-Url"] == reverse("desk:case", args=[late.number])
    assert Case.objects.get(pk=late.pk).assignee == sari


def test_where_there_is_none_the_page_says_so_and_stays(as_user, sari):
    response = as_user(sari).post(reverse("desk:next"), headers=HTMX)
    assert (response.status_code, response.content) == (204, b"")
    assert "sapa:toast" in response["HX-Trigger"]


def test_a_division_takes_no_next_case(as_user, team):
    case = a_case(team=team)
    assert as_user(a_member(role=Role.DIVISION)).post(reverse("desk:next")).status_code == 403
    assert Case.objects.get(pk=case.pk).assignee is None


def handing_team(team: Team) -> Team:
    team.hands_out = True
    team.save()
    return team


def available(user: User) -> User:
    User.objects.filter(pk=user.pk).update(
        presence=Presence.AVAILABLE, presence_since=timezone.now() - dt.timedelta(minutes=12)
    )
    return user


def test_the_history_says_why_it_was_given_to_whom(sari, team):
    available(sari)
    case = a_case(team=team)
    assert hand_out(team=handing_team(team)) == 1
    (given,) = [one for one in happenings(case) if one.kind == "case.assigned"]
    assert sari.name in given.said
    assert "1 dari 1 siap" in given.why or "1 of 1 available" in given.why
    assert "12" in given.why


def test_whoever_loses_a_case_hears_of_it_and_why(sari, team):
    case = a_case(timezone.now() - dt.timedelta(minutes=9), team=team, assignee=available(sari))
    assert take_back_all() == 1
    notify(Event.objects.get(kind="case.taken_back"))
    line = Notification.objects.get(user=sari, kind="taken_back")
    assert line.case == case
    (taken,) = [one for one in happenings(case) if one.kind == "case.taken_back"]
    assert sari.name in taken.said


def test_a_case_whose_answer_is_being_typed_is_not_taken_away(sari, team):
    case = a_case(timezone.now() - dt.timedelta(minutes=9), team=team, assignee=available(sari))
    Draft.objects.create(user=sari, case=case, text="Selamat siang, Ibu")
    assert take_back_all() == 0
    assert Case.objects.get(pk=case.pk).assignee == sari


def test_my_state_in_the_top_bar_is_read_again(as_user, sari):
    available(sari)
    page = as_user(sari).get(reverse("staff:presence"), headers=HTMX).content.decode()
    assert 'data-live="me"' in page
    assert 'class="pip available"' in page
