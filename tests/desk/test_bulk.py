"""One act on many cases: each is checked when its turn comes, and each gets back what it had."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from crm.cases import actions
from crm.cases.history import settled_at
from crm.cases.models import Case, Category, SlaClock
from crm.cases.verify import differing_clocks
from crm.desk.bulk import start_job, stop_job, undo_job, work
from crm.desk.bulk.errors import CannotUndo, NothingChosen
from crm.desk.following import follow
from crm.desk.handlers import notify
from crm.desk.models import BulkJob, BulkRow, Notification
from crm.desk.tasks import resume_bulk_jobs
from crm.events.models import Event
from crm.staff.models import Role, User
from tests.people import a_case, a_division, a_member


@pytest.fixture(autouse=True)
def _she_reads_english(sari):
    User.objects.filter(pk=sari.pk).update(language="en")


@pytest.fixture
def dimas(team):
    return a_member("Dimas Anggoro", teams=(team,))


@pytest.fixture
def three(team):
    return [Case.objects.get(pk=a_case(team=team).pk) for _ in range(3)]


def start(by, act, **params) -> BulkJob:
    return start_job(by=by, act=act, params=params, cases=Case.objects.all())


def do(by, act, **params) -> BulkJob:
    job = start(by, act, **params)
    assert work.run(job.pk)
    return BulkJob.objects.get(pk=job.pk)


def undo(job: BulkJob) -> BulkJob:
    undo_job(job=job, by=job.by)
    assert work.run(job.pk)
    return BulkJob.objects.get(pk=job.pk)


def rows(job) -> list[tuple[str, str]]:
    return list(job.rows.order_by("pk").values_list("state", "said"))


def owners() -> list[str | None]:
    return list(Case.objects.order_by("pk").values_list("assignee__name", flat=True))


def answered(case, by) -> None:
    actions.add_interaction(case=case, direction="out", channel="call", text="Halo", by=by)


def test_many_are_given_to_one_and_each_owner_gets_theirs_back(three, sari, dimas):
    actions.assign_case(case=three[0], by=sari, assignee=sari)
    job = do(sari, "assign", assignee=dimas.pk)
    assert (job.state, job.total, owners()) == ("done", 3, ["Dimas Anggoro"] * 3)
    assert undo(job).state == "undone"
    assert owners() == ["Sari Wulandari", None, None]


def test_a_case_taken_by_another_before_its_turn_is_left_with_them(three, sari, dimas):
    job = start(sari, "assign", assignee=dimas.pk)
    actions.assign_case(case=three[1], by=sari, assignee=sari)
    work.run(job.pk)
    assert rows(job)[1] == ("skipped", "Somebody else was given it meanwhile.")
    assert owners() == ["Dimas Anggoro", "Sari Wulandari", "Dimas Anggoro"]


def test_what_was_given_on_after_the_job_is_not_taken_back(three, sari, dimas, ratna):
    job = do(sari, "assign", assignee=dimas.pk)
    actions.assign_case(case=three[0], by=dimas, assignee=ratna)
    undo(job)
    assert rows(job)[0] == ("kept", "Somebody changed it meanwhile.")
    assert owners() == ["Ratna Kusumaningrum", None, None]


def test_what_a_customer_wrote_since_hinders_no_undo(three, sari, dimas):
    job = do(sari, "assign", assignee=dimas.pk)
    actions.add_interaction(case=three[0], direction="in", channel="call", text="Halo?")
    undo(job)
    assert owners() == [None, None, None]


def test_unanswered_cases_are_not_settled_and_say_why(three, sari):
    answered(three[0], sari)
    job = do(sari, "settle", outcome="solved", text="Sektor 3 pulih.")
    assert [state for state, _said in rows(job)] == ["done", "skipped", "skipped"]
    assert "Answer first" in rows(job)[1][1]
    assert list(Case.objects.order_by("pk").values_list("state", flat=True)) == ["settled", "new", "new"]


def test_settling_is_undone_to_the_state_each_had(three, sari):
    for case in three[:2]:
        answered(case, sari)
    actions.wait_for(case=three[1], waiting_for="customer", by=sari)
    clocks = list(SlaClock.objects.order_by("pk").values_list("due_at", "stopped_at", "verdict", "wake_at"))
    undo(do(sari, "settle", outcome="solved"))
    assert list(SlaClock.objects.order_by("pk").values_list("due_at", "stopped_at", "verdict", "wake_at")) == clocks
    found = Case.objects.order_by("pk").values_list("state", "waiting_for")
    assert list(found) == [("open", ""), ("waiting", "customer"), ("new", "")]


def test_an_undone_settling_counts_nowhere_and_no_news_of_it_is_stuck(three, sari, ratna):
    for case in three:
        answered(case, sari)
        follow(case=case, users=[ratna])
    job = do(sari, "settle", outcome="solved")
    for event in Event.objects.filter(kind="case.settled"):
        notify(event)
    assert Notification.objects.filter(user=ratna, case=three[0]).exists()
    undo(job)
    for event in Event.objects.filter(kind="case.settled_undone"):
        notify(event)
    assert not Notification.objects.filter(user=ratna, case__isnull=False).exists()
    assert [settled_at(case) for case in three] == [[], [], []]
    assert differing_clocks(timezone.now()) == []


def test_a_promise_kept_while_many_waited_stays_kept(three, sari):
    promise = actions.make_promise(case=three[0], text="Kabari", due_at=timezone.now() + dt.timedelta(hours=1), by=sari)
    job = do(sari, "wait", waiting_for="customer")
    actions.keep_promise(promise=promise, by=sari)
    undo(job)
    promise.refresh_from_db()
    assert (promise.kept_by, promise.wake_at) == (sari, None)


def test_tags_are_added_and_only_those_added_are_taken_away_again(three, sari):
    actions.edit_case(case=three[0], by=sari, tags=["haji", "vip"])
    job = do(sari, "tag", add=["haji", "roaming"], remove=["vip"])
    assert Case.objects.get(pk=three[0].pk).tags == ["haji", "roaming"]
    actions.edit_case(case=three[1], by=sari, tags=["haji", "roaming", "sabar"])
    undo(job)
    assert [set(tags) for tags in Case.objects.order_by("pk").values_list("tags", flat=True)] == [
        {"haji", "vip"}, {"sabar"}, set(),
    ]  # fmt: skip


def test_priority_and_category_go_back_to_what_each_had(three, sari):
    network = Category.objects.create(code="network-b", name="Jaringan", name_en="Network")
    actions.edit_case(case=three[0], by=sari, priority="low")
    job = do(sari, "edit", priority="urgent", category=network.pk)
    assert set(Case.objects.values_list("priority", "category")) == {("urgent", network.pk)}
    undo(job)
    assert set(Case.objects.values_list("priority", "category")) == {("low", None), ("normal", None)}


def test_escalations_and_waiting_are_taken_back(three, sari):
    network = a_division()
    undo(do(sari, "escalate", party="division", division=network.pk, reason="Sektor 3"))
    assert set(Case.objects.values_list("party", "division")) == {("team", None)}
    undo(do(sari, "wait", waiting_for="customer"))
    assert set(Case.objects.values_list("state", flat=True)) == {"new"}


def test_what_is_so_already_is_skipped_and_said(three, sari):
    do(sari, "tag", add=["haji"], remove=[])
    assert {said for _state, said in rows(do(sari, "tag", add=["haji"], remove=[]))} == {"It is so already."}


def test_rights_are_asked_again_at_each_turn(three, sari):
    job = start(sari, "tag", add=["haji"], remove=[])
    User.objects.filter(pk=sari.pk).update(is_active=False)
    work.run(job.pk)
    assert {state for state, _said in rows(job)} == {"skipped"}
    assert not Case.objects.filter(tags__contains=["haji"]).exists()


def test_somebody_whose_role_forbids_it_starts_nothing(three):
    with pytest.raises(PermissionDenied):
        start(a_member("Togar", Role.DIVISION), "settle", outcome="solved")
    assert not BulkJob.objects.exists()


def test_no_case_no_job(sari):
    with pytest.raises(NothingChosen):
        start(sari, "tag", add=["haji"], remove=[])
    assert not BulkJob.objects.exists()


def test_one_press_is_one_job(three, sari):
    for _ in range(2):
        start_job(by=sari, act="tag", params={"add": ["a"], "remove": []}, cases=Case.objects.all(), key="press")
    assert (BulkJob.objects.count(), BulkRow.objects.count()) == (1, 3)


def test_a_fault_on_one_case_is_its_rows_answer_and_not_the_others(three, sari, monkeypatch):
    real = actions.edit_case

    def faulty(*, case, **how):
        if case.pk == three[1].pk:
            raise ZeroDivisionError
        return real(case=case, **how)

    monkeypatch.setattr(actions, "edit_case", faulty)
    job = do(sari, "tag", add=["haji"], remove=[])
    assert [state for state, _said in rows(job)] == ["done", "skipped", "done"]


def test_a_stopped_job_leaves_the_rest_and_can_be_undone(three, sari):
    job = start(sari, "tag", add=["haji"], remove=[])
    stop_job(job=job, by=sari)
    work.run(job.pk)
    assert {said for _state, said in rows(job)} == {"Stopped before its turn."}
    assert BulkJob.objects.get().state == "done"


def test_undo_is_for_an_hour_and_once(three, sari):
    job = do(sari, "tag", add=["haji"], remove=[])
    BulkJob.objects.update(ended_at=timezone.now() - dt.timedelta(hours=2))
    with pytest.raises(CannotUndo):
        undo(job)
    BulkJob.objects.update(ended_at=timezone.now())
    undo(job)
    with pytest.raises(CannotUndo):
        undo(job)


def test_its_owner_hears_of_the_end_once(three, sari):
    job = do(sari, "tag", add=["haji"], remove=[])
    work.finish(job.pk)
    notify(Event.objects.get(kind="bulk.ended"))
    line = Notification.objects.get()
    assert (line.user, line.kind, line.url, line.words) == (sari, "job", f"/jobs/{job.pk}/", "Tags: +haji")


def test_the_cost_of_a_case_does_not_grow_with_the_job(three, sari, team, django_assert_max_num_queries):
    job = start(sari, "assign", assignee=sari.pk)
    with django_assert_max_num_queries(8 + 3 * 12):
        work.do_some(job.pk)


def test_beat_takes_up_what_stands_still(three, sari, monkeypatch):
    knocked = []
    monkeypatch.setattr("crm.desk.tasks.knock", knocked.append)
    job = start(sari, "tag", add=["haji"], remove=[])
    assert resume_bulk_jobs() == 0
    BulkJob.objects.update(moved_at=timezone.now() - dt.timedelta(minutes=1))
    assert (resume_bulk_jobs(), knocked) == (1, [job.pk])


def test_the_page_of_a_job_says_what_became_of_each_case(as_user, three, sari):
    answered(three[0], sari)
    job = do(sari, "settle", outcome="solved")
    page = as_user(sari).get(f"/jobs/{job.pk}/?state=skipped").content.decode()
    assert page.count("Answer first, then settle.") == 3  # two rows, and how many of them
    assert f"#{three[0].number}" not in page
    assert "Settle: Solved" in as_user(sari).get("/jobs/").content.decode()


def test_a_job_is_its_owners_alone(as_user, three, sari, dimas):
    job = do(sari, "tag", add=["haji"], remove=[])
    client = as_user(dimas)
    assert client.get(f"/jobs/{job.pk}/").status_code == 404
    assert client.post(f"/jobs/{job.pk}/undo/").status_code == 404
    assert BulkJob.objects.get().state == "done"


def test_undo_is_asked_for_on_the_page(as_user, three, sari):
    job = do(sari, "tag", add=["haji"], remove=[])
    assert as_user(sari).post(f"/jobs/{job.pk}/undo/").url == f"/jobs/{job.pk}/"
    assert BulkJob.objects.get().state == "undoing"
