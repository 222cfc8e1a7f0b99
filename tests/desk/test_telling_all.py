"""One message to all who hang on a problem, one settlement for all: in the background, once to each, or taken back."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.cases import actions
from crm.cases.models import Case, Problem, SlaClock
from crm.desk.bulk import settle_all, take_back, tell_all, work
from crm.desk.models import BulkJob, BulkRow
from crm.messaging.models import Message
from crm.staff.models import Role
from tests.desk.test_problems import page, seen
from tests.people import a_case, a_customer, a_member

TEXT = "Halo {name}, kendala {case} sudah selesai. Terima kasih."


def by_mail(team, name, at=None) -> Case:
    who = a_customer(name, email=f"{name.split()[0].lower()}@example.net")
    return a_case(at, customer=who, channel="email", team=team)


@pytest.fixture
def problem(team, ratna) -> Problem:
    """Two who wrote, and one who called and was never answered."""
    wrote = [by_mail(team, name) for name in ("Rina Maharani", "Budi Santoso")]
    called = a_case(customer=a_customer("Agus Salim"), team=team)
    return actions.open_problem(title="Slow data Dago", place="Dago", by=ratna, cases=[*wrote, called])


def undo_seconds_are_over() -> None:
    BulkJob.objects.update(began_at=timezone.now() - dt.timedelta(seconds=1))


def finished(job) -> dict[str, int]:
    undo_seconds_are_over()
    assert work.run(job.pk)
    return {state: job.rows.filter(state=state).count() for state in ("done", "skipped", "waiting")}


def test_all_who_can_be_told_are_told_once(problem, ratna):
    job = tell_all(problem=problem, text=TEXT, by=ratna, key="one press")
    assert tell_all(problem=problem, text=TEXT, by=ratna, key="one press") == job
    assert finished(job) == {"done": 2, "skipped": 1, "waiting": 0}
    assert sorted(Message.objects.values_list("body", flat=True))[0].startswith("Halo Budi")
    BulkRow.objects.update(state="waiting")  # a worker that forgot what it had done
    BulkJob.objects.update(state="running")
    finished(job)
    assert Message.objects.count() == 2


def test_a_case_merged_meanwhile_is_told_in_the_one_it_lies_in_now(problem, ratna, team):
    rina = Case.objects.get(customer__name="Rina Maharani")
    other = a_case(customer=rina.customer, channel="email", team=team)
    job = tell_all(problem=problem, text=TEXT, by=ratna, key="k")
    actions.merge_cases(source=rina, into=other, by=ratna)
    assert finished(job) == {"done": 2, "skipped": 1, "waiting": 0}
    assert job.rows.filter(case=other, state="done").exists()
    assert Message.objects.filter(interaction__in_case__case=other).count() == 1


def test_two_of_one_job_merged_into_each_other_are_told_once(problem, ratna, team):
    rina = Case.objects.get(customer__name="Rina Maharani")
    again = a_case(customer=rina.customer, channel="email", team=team)
    actions.hang_cases(problem=problem, cases=[again], by=ratna)
    job = tell_all(problem=problem, text=TEXT, by=ratna, key="k")
    actions.merge_cases(source=rina, into=again, by=ratna)
    assert finished(job) == {"done": 2, "skipped": 2, "waiting": 0}
    assert job.rows.get(case=rina).state == "skipped"
    assert Message.objects.filter(interaction__in_case__case=again).count() == 1


def test_nothing_leaves_while_it_can_be_taken_back(problem, ratna):
    job = tell_all(problem=problem, text=TEXT, by=ratna, key="k")
    assert work.run(job.pk)
    assert (Message.objects.count(), job.rows.filter(state="waiting").count()) == (0, 3)
    assert take_back(job=job, by=ratna)
    assert finished(job) == {"done": 0, "skipped": 3, "waiting": 0}
    assert not Message.objects.exists()


def test_a_settlement_taken_back_leaves_the_problem_open(problem, ratna):
    job = settle_all(problem=problem, solution="Sektor diperbaiki", text=TEXT, by=ratna, key="k")
    assert Problem.objects.get().state == "solved"
    take_back(job=job, by=ratna)
    finished(job)
    assert Problem.objects.get().state == "open"
    assert set(Case.objects.values_list("state", flat=True)) == {"new"}


def test_stopped_midway_what_was_done_stays_done(problem, ratna, monkeypatch):
    monkeypatch.setattr(work, "BATCH", 1)
    job = settle_all(problem=problem, solution="", text=TEXT, by=ratna, key="k")
    undo_seconds_are_over()
    assert work.do_some(job.pk) == 1
    assert not take_back(job=job, by=ratna)
    assert finished(job) == {"done": 1, "skipped": 2, "waiting": 0}
    assert Problem.objects.get().state == "solved"


def test_a_message_in_hand_at_the_last_moment_leaves_the_problem_solved(problem, ratna):
    job = settle_all(problem=problem, solution="", text=TEXT, by=ratna, key="k")
    BulkRow.objects.filter(pk=job.rows.first().pk).update(state="done")
    assert not take_back(job=job, by=ratna)
    assert Problem.objects.get().state == "solved"


def test_names_and_words_of_other_teams_cases_are_covered(as_user, problem, ratna, joko):
    case = by_mail(joko.team, "Wawan Setiawan")
    actions.hang_case(problem=problem, case=case, by=ratna)
    data = {"text": TEXT}
    shown = as_user(ratna).post(reverse("desk:problem-preview", args=[problem.number]), data).content.decode()
    assert "Halo Rina" in shown
    assert f"#{case.number}" in shown
    assert "Wawan" not in shown


def test_one_settlement_settles_all_that_can_be(problem, ratna):
    job = settle_all(problem=problem, solution="Sektor diperbaiki", text=TEXT, by=ratna, key="k")
    assert finished(job) == {"done": 2, "skipped": 1, "waiting": 0}
    assert list(Case.objects.values_list("state", flat=True).order_by("pk")) == ["settled", "settled", "new"]
    assert set(Case.objects.filter(state="settled").values_list("settlement", flat=True)) == {"Sektor diperbaiki"}
    assert "Answer first" in job.rows.get(state="skipped").said or "Jawab" in job.rows.get(state="skipped").said


def test_clocks_are_judged_at_the_moment_of_the_press(team, ratna):
    now = timezone.now()
    late = by_mail(team, "Rina Maharani", now - dt.timedelta(hours=72, minutes=1))
    nearly = by_mail(team, "Budi Santoso", now - dt.timedelta(hours=72) + dt.timedelta(seconds=20))
    problem = actions.open_problem(title="Old", by=ratna, cases=[late, nearly])
    job = settle_all(problem=problem, solution="", text=TEXT, by=ratna, key="k")
    finished(job)
    verdicts = dict(SlaClock.objects.filter(kind="resolution").values_list("case", "verdict"))
    assert verdicts == {late.pk: "missed", nearly.pk: "met"}


def test_a_problem_without_open_cases_is_solved_without_a_job(as_user, ratna):
    problem = actions.open_problem(title="Nothing hangs here", by=ratna)
    client = as_user(ratna)
    client.post(reverse("desk:problem-solve", args=[problem.number]), {"solution": "Hilang sendiri", "text": TEXT})
    problem.refresh_from_db()
    assert (problem.state, BulkJob.objects.count()) == ("solved", 0)


def test_the_preview_shows_what_each_gets_and_who_gets_nothing(as_user, ratna, problem):
    client = as_user(ratna)
    shown = client.post(reverse("desk:problem-preview", args=[problem.number]), {"text": TEXT}).content.decode()
    for said in ("2 get it", "1 does not", "Halo Rina, kendala #", "call the customer", "By name: "):
        assert said in shown
    assert not Message.objects.exists()


def test_personal_data_is_not_told_in_public(as_user, ratna, problem, mention, network):
    actions.hang_case(problem=problem, case=mention, by=ratna)
    said = {"text": "Halo {name}, hubungi 081200004471"}
    shown = as_user(ratna).post(reverse("desk:problem-preview", args=[problem.number]), said).content.decode()
    assert "must not carry personal data" in shown
    job = tell_all(problem=problem, text=said["text"], by=ratna, key="k")
    assert finished(job)["skipped"] == 2
    assert not Message.objects.filter(channel="x").exists()


def test_a_field_that_does_not_exist_is_refused(as_user, ratna, problem):
    answer = as_user(ratna).post(reverse("desk:problem-tell", args=[problem.number]), {"text": "Halo {nama}"})
    assert answer.status_code == 422
    assert "{nama}" in answer.content.decode()
    assert not BulkJob.objects.exists()


def test_the_page_says_how_far_it_is_and_who_must_be_called(as_user, ratna, problem):
    agus = Case.objects.get(channel="call")
    actions.add_interaction(case=agus, direction="out", channel="call", text="Kami cek", by=ratna)
    client = as_user(ratna)
    said = {"solution": "Sektor diperbaiki", "text": TEXT, "key": "k"}
    client.post(reverse("desk:problem-solve", args=[problem.number]), said)
    assert "Take back" in seen(client, "problem", problem.number)
    job = BulkJob.objects.get()
    finished(job)
    shown = seen(client, "problem", problem.number)
    assert "3 of 3 done" in shown
    assert "To be called" in shown
    to_call = page(client, "problem", problem.number, which="call").context["rows"]
    assert [row.case for row in to_call] == [agus]
    client.post(reverse("desk:problem-called", args=[problem.number, agus.number]))
    assert "To be called" not in seen(client, "problem", problem.number)
    assert f"#{agus.number}" in seen(client, "problem-told", problem.number, job.pk)


def test_only_who_decides_writes_to_all(as_user, sari, ratna, problem):
    client = as_user(sari)
    for name in ("problem-tell", "problem-solve", "problem-preview"):
        assert client.post(reverse(f"desk:{name}", args=[problem.number]), {"text": TEXT}).status_code == 403
    job = tell_all(problem=problem, text=TEXT, by=ratna, key="k")
    assert client.post(reverse("desk:problem-stop", args=[problem.number, job.pk])).status_code == 403
    assert not job.rows.exclude(state="waiting").exists()


def test_quality_settles_all_wherever_they_lie(problem):
    bagas = a_member("Bagas", Role.QUALITY)
    job = settle_all(problem=problem, solution="", text=TEXT, by=bagas, key="k")
    assert finished(job)["done"] == 2


def test_the_preview_costs_the_same_with_many(as_user, ratna, problem, team, django_assert_max_num_queries):
    client, address = as_user(ratna), reverse("desk:problem-preview", args=[problem.number])
    client.post(address, {"text": TEXT})
    with django_assert_max_num_queries(12) as few:
        client.post(address, {"text": TEXT})
    for number in range(20):
        actions.hang_case(problem=problem, case=by_mail(team, f"Rina{number} M"), by=ratna)
    with django_assert_max_num_queries(len(few)):
        assert client.post(address, {"text": TEXT}).context["reachable"] == 22
