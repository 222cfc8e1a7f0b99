"""The room of problems: who sees what, made by hand or from a proposal, hung from the case."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.cases import actions
from crm.cases.gathering import propose_problems
from crm.cases.models import Case, Category, Gathering, Problem, ProblemCase
from crm.desk import handlers
from crm.desk.models import Notification
from crm.events.models import Event
from crm.staff.models import Role
from tests.desk.conftest import HTMX, text_of
from tests.desk.test_acting import act, fresh
from tests.people import a_case, a_customer, a_division, a_member, copies


@pytest.fixture
def slow(policy) -> Category:
    return Category.objects.create(code="lambat", name="Data lambat", name_en="Slow data")


@pytest.fixture
def problem(ratna, case) -> Problem:
    return actions.open_problem(title="Slow data Dago", place="Dago", by=ratna, cases=[case])


@pytest.fixture
def proposal(team, slow) -> Problem:
    """Six people in Dago, within the hour."""
    for number in range(6):
        who = a_customer(f"Pelanggan{number} Sari")
        a_case(customer=who, team=team, category=slow, place="Dago", text="Sinyal hilang sejak pagi di Dago")
    propose_problems()
    return Problem.objects.get(state="proposed")


def page(client, name, *args, **query):
    return client.get(reverse(f"desk:{name}", args=args), query)


def seen(client, name, *args, **query) -> str:
    return page(client, name, *args, **query).content.decode()


def test_the_list_shows_what_hangs_on_each(as_user, ratna, problem):
    shown = seen(as_user(ratna), "problems")
    assert "Slow data Dago" in shown
    assert f"P-{problem.number}" in shown


@pytest.mark.parametrize("asked", ["Dago", "slow", "P-{number}", "{number}"])
def test_a_problem_is_found_by_number_words_and_place(as_user, ratna, problem, asked):
    actions.open_problem(title="Bills of October", by=ratna)
    shown = seen(as_user(ratna), "problems", q=asked.format(number=problem.number))
    assert "Slow data Dago" in shown
    assert "Bills of October" not in shown


def test_the_list_costs_the_same_with_many(as_user, ratna, problem, django_assert_max_num_queries):
    client = as_user(ratna)
    rows = [Problem(title=f"P {n}", since=timezone.now(), opened_at=timezone.now(), owner=ratna) for n in range(300)]
    page(client, "problems")
    with django_assert_max_num_queries(14) as few:
        page(client, "problems")
    Problem.objects.bulk_create(rows)
    with django_assert_max_num_queries(len(few)):
        answer = page(client, "problems")
    assert answer.content.decode().count("<tr>") == 31
    older = answer.context["older"]
    assert len(page(client, "problems", before=older).context["rows"]) == 30


def test_a_problem_costs_the_same_with_many_cases(as_user, ratna, problem, case, django_assert_max_num_queries):
    client = as_user(ratna)
    page(client, "problem", problem.number)
    with django_assert_max_num_queries(25) as few:
        page(client, "problem", problem.number)
    Case.objects.bulk_create(copies([case], 300))
    others = Case.objects.exclude(pk=case.pk)
    ProblemCase.objects.bulk_create(ProblemCase(case=one, problem=problem, at=timezone.now()) for one in others)
    with django_assert_max_num_queries(len(few)):
        answer = page(client, "problem", problem.number)
    assert (len(answer.context["rows"]), answer.context["total"]) == (25, 301)
    after = answer.context["after"]
    assert len(page(client, "problem-cases", problem.number, after=after).context["rows"]) == 25


def test_an_agent_reads_problems_and_decides_none(as_user, sari, problem, proposal):
    client = as_user(sari)
    assert page(client, "problem", problem.number).status_code == 200
    assert page(client, "proposal", proposal.number).status_code == 403
    assert page(client, "problems", state="proposed").status_code == 404
    for name in ("problem-edit", "problem-solve", "problem-tell"):
        assert page(client, name, problem.number).status_code == 403
    assert page(client, "problem-new").status_code == 403
    assert client.post(reverse("desk:proposal-decide", args=[proposal.number])).status_code == 403
    proposal.refresh_from_db()
    assert proposal.state == "proposed"


def test_a_division_reads_its_own_and_no_names_of_others(as_user, ratna, problem, case):
    network, billing = a_division(), a_division("Tagihan")
    actions.edit_problem(problem=problem, by=ratna, division=network)
    theirs = as_user(a_member("Togar", Role.DIVISION, division=network))
    shown = seen(theirs, "problem", problem.number)
    assert f"#{case.number}" in shown
    assert "Rina Maharani" not in shown
    other = as_user(a_member("Lia", Role.DIVISION, division=billing))
    assert page(other, "problem", problem.number).status_code == 404
    assert "Slow data Dago" not in seen(other, "problems")


def test_another_teams_case_is_counted_and_not_named(as_user, ratna, problem, joko):
    foreign = a_case(customer=a_customer("Wulan Sari"), team=joko.teams.get())
    actions.hang_case(problem=problem, case=foreign, by=ratna)
    shown = seen(as_user(ratna), "problem", problem.number)
    assert f"#{foreign.number}" in shown
    assert "Wulan Sari" not in shown


def test_a_supervisor_opens_one_from_a_case(as_user, ratna, case, slow):
    actions.edit_case(case=case, by=ratna, place="Dago", category=slow)
    client = as_user(ratna)
    form = page(client, "problem-new", case=case.number)
    assert form.context["form"].initial["place"] == "Dago"
    said = {"title": "Slow data", "place": "Dago", "since": "2026-11-25T09:00", "owner": ratna.pk, "case": case.number}
    client.post(reverse("desk:problem-new"), said)
    assert ProblemCase.objects.get().case == case


def test_without_a_title_nothing_is_opened(as_user, ratna):
    answer = as_user(ratna).post(reverse("desk:problem-new"), {"title": " ", "owner": ratna.pk})
    assert answer.status_code == 422
    assert not Problem.objects.exists()


def test_it_is_edited_noted_and_told_what_happened(as_user, ratna, sari, problem):
    client = as_user(ratna)
    said = {"title": "Slow data, all of Dago", "since": "2026-11-25T09:00", "owner": ratna.pk}
    client.post(reverse("desk:problem-edit", args=[problem.number]), said)
    as_user(sari).post(reverse("desk:problem-note", args=[problem.number]), {"text": "Tim lapangan berangkat"})
    shown = seen(as_user(ratna), "problem", problem.number)
    assert "Slow data, all of Dago" in shown
    assert "Tim lapangan berangkat" in shown
    assert "Ratna Kusumaningrum changed it" in shown


def test_an_agent_hangs_a_case_and_takes_it_off(as_user, sari, ratna, case):
    problem = actions.open_problem(title="Slow data Dago", by=ratna)
    client = as_user(sari)
    dialog = client.get(reverse("desk:act", args=[case.number, "problem"]), headers=HTMX).content.decode()
    assert "Slow data Dago" in dialog
    assert act(client, case, "problem", number=f"p-{problem.number}", version=case.version).status_code == 200
    assert f"P-{problem.number}" in seen(client, "case", case.number)
    assert "hung it on" in seen(client, "case", case.number)
    act(client, case, "problem", chosen="none", version=fresh(case).version)
    assert not ProblemCase.objects.exists()


def test_a_number_that_is_no_open_problem_is_refused(as_user, sari, case, problem):
    other = a_case(team=case.team)
    actions.solve_problem(problem=problem, solution="", by=sari)
    for said in (str(problem.number), "999999", ""):
        assert act(as_user(sari), other, "problem", number=said).status_code == 422
    assert not ProblemCase.objects.filter(case=other).exists()


def test_the_place_is_edited_on_the_case(as_user, sari, case):
    act(as_user(sari), case, "edit", kind="complaint", priority="normal", place="Dago")
    assert fresh(case).place == "Dago"
    assert "Dago" in seen(as_user(sari), "case", case.number)


def test_a_proposal_says_why_and_shows_the_cases(as_user, ratna, proposal):
    shown = seen(as_user(ratna), "proposal", proposal.number)
    for said in ("6 similar cases, Dago", "6 of 6 in Dago", "“sinyal”", "usual for this", "Pelanggan0 Sari"):
        assert said in shown


def test_one_problem_is_made_of_those_that_stayed_ticked(as_user, ratna, proposal):
    chosen = proposal.alike[:5]
    answer = as_user(ratna).post(
        reverse("desk:proposal-decide", args=[proposal.number]),
        {"decision": "yes", "title": "Slow data Dago", "cases": [*chosen, 999_999]},
    )
    proposal.refresh_from_db()
    assert answer.url == reverse("desk:problem", args=[proposal.number])
    assert (proposal.state, proposal.title) == ("open", "Slow data Dago")
    assert sorted(proposal.hanging.values_list("case", flat=True)) == chosen


def test_nothing_ticked_makes_no_problem(as_user, ratna, proposal):
    answer = as_user(ratna).post(reverse("desk:proposal-decide", args=[proposal.number]), {"decision": "yes"})
    assert answer.status_code == 422
    proposal.refresh_from_db()
    assert proposal.state == "proposed"


def test_a_proposal_is_refused(as_user, ratna, proposal):
    client = as_user(ratna)
    client.post(reverse("desk:proposal-decide", args=[proposal.number]), {"decision": "no"})
    proposal.refresh_from_db()
    assert proposal.state == "dismissed"
    again = client.post(reverse("desk:proposal-decide", args=[proposal.number]), {"decision": "no"})
    assert again.status_code == 422
    assert "not one problem" in seen(client, "proposal", proposal.number)


def test_the_proposals_cases_are_added_to_a_known_problem(as_user, ratna, proposal):
    known = actions.open_problem(title="Slow data", place="Dago", by=ratna)
    client = as_user(ratna)
    assert f"P-{known.number} Slow data" in seen(client, "proposal", proposal.number)
    client.post(
        reverse("desk:proposal-decide", args=[proposal.number]),
        {"decision": known.number, "cases": proposal.alike[:4]},
    )
    assert known.hanging.count() == 4


def test_supervisors_of_the_team_and_quality_hear_of_a_proposal(ratna, joko, proposal):
    bagas = a_member("Bagas", Role.QUALITY)
    boss = a_member("Hendro", Role.SUPERVISOR, teams=tuple(joko.teams.all()))
    event = Event.objects.get(kind="problem.proposed")
    handlers.notify(event)
    handlers.notify(event)
    rung = Notification.objects.filter(kind="problem")
    assert set(rung.values_list("user", flat=True)) == {ratna.pk, bagas.pk}
    assert boss.pk not in rung.values_list("user", flat=True)
    assert "Dago" in rung.first().words


def test_a_supervisor_sees_the_proposal_on_the_desk(as_user, ratna, sari, proposal):
    assert reverse("desk:proposal", args=[proposal.number]) in seen(as_user(ratna), "desk")
    assert reverse("desk:proposal", args=[proposal.number]) not in seen(as_user(sari), "desk")


def test_when_one_is_proposed_is_set_on_screen(as_user, ratna, sari):
    client = as_user(ratna)
    good = {"cases": 4, "hours": 3, "times_usual": 2, "repeats": 3, "repeat_days": 60, "remembered_days": 14}
    client.post(reverse("desk:gathering"), good)
    assert (Gathering.objects.get().cases, Gathering.objects.get().hours) == (4, 3)
    assert client.post(reverse("desk:gathering"), good | {"cases": 1}).status_code == 422
    assert Gathering.objects.get().cases == 4
    assert as_user(sari).get(reverse("desk:gathering")).status_code == 403


def test_the_list_and_the_cases_come_as_files_without_names(as_user, ratna, problem, case):
    client = as_user(ratna)
    listed = text_of(client.get(reverse("desk:problems-export", args=["csv"])))
    assert "Slow data Dago" in listed
    cases = text_of(client.get(reverse("desk:problem-cases-export", args=[problem.number, "csv"])))
    assert str(case.number) in cases
    assert "Rina" not in cases
    assert client.get(reverse("desk:problems-export", args=["xlsx"])).getvalue()[:2] == b"PK"


def test_late_cases_are_told_in_the_list(as_user, ratna, team):
    late = a_case(timezone.now() - dt.timedelta(hours=1), team=team)
    actions.open_problem(title="Old", by=ratna, cases=[late])
    assert "1 late" in seen(as_user(ratna), "problems")
