"""The agent's side: a task is taken by one, and what came of the call decides what follows."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from caring.models import Attempt, ContactPolicy, Stage, Suppression, Task
from caring.refusals import NotTaken, TaskGone, TaskTaken, WorkRefused
from caring.sending import open_due
from caring.words import Outcome
from caring.working import Said, give_back, note_outcome, take_next, take_task
from crm.cases.actions import add_interaction, close_case, settle_case
from crm.cases.models import Case, Promise
from crm.customers.contacting import may_contact
from crm.customers.correcting import decide_correction
from crm.customers.models import Correction, Purpose, Reveal
from crm.events.models import Event
from crm.staff.models import Role
from crm.timeline.models import Interaction
from tests.caring.people import a_consenting, a_task, hear
from tests.connections import somebody_else
from tests.people import a_case, a_customer, a_member, a_team

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("programme", "all_day")]
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def sari(programme: None):
    return a_member("Sari Wulandari")


def taken(task: Task, by) -> Task:
    assert take_task(task=task, by=by).may
    return task


def noted(task: Task, by, outcome: str, **said: Any):
    done = note_outcome(task=taken(task, by), outcome=outcome, by=by, said=Said(**said))
    task.refresh_from_db()
    return done


def a_settled(kind: str = "problem", stage: int = 10) -> tuple[Case, Task]:
    customer = a_consenting()
    case = a_case(timezone.now() - HOUR, customer=customer, kind=kind)
    by = a_member()
    add_interaction(case=case, direction="out", channel="call", text="Sudah diperbaiki.", by=by)
    settle_case(case=case, outcome="solved", by=by)
    hear()
    return case, Task.objects.get(stage=stage)


def test_a_task_is_taken_and_given_back(sari):
    task = taken(a_task(), sari)
    task.refresh_from_db()
    assert task.assignee == sari
    give_back(task=task, by=sari)
    task.refresh_from_db()
    assert task.assignee is None
    assert list(Event.objects.filter(subject_type="task").order_by("id").values_list("kind", flat=True))[-2:] == [
        "caring.taken",
        "caring.given_back",
    ]


def test_taking_a_call_is_a_recorded_look_at_the_number_and_being_refused_is_none(sari):
    task = a_task()
    taken(task, sari), taken(task, sari)
    with pytest.raises(TaskTaken):
        take_task(task=task, by=a_member("Dimas"))
    reveal = Reveal.objects.get()
    assert (reveal.what, reveal.by, reveal.reason) == ("msisdn", sari, "caring-22")
    assert Event.objects.get(kind="customer.revealed").facts["reveal"] == reveal.pk


def test_what_a_colleague_works_on_is_not_taken(sari):
    task = taken(a_task(), sari)
    with pytest.raises(TaskTaken, match="Sari Wulandari"):
        take_task(task=task, by=a_member("Dimas"))
    task.refresh_from_db()
    assert task.assignee == sari


@pytest.mark.django_db(transaction=True)
def test_of_two_who_ask_for_the_next_each_gets_another(sari):
    dimas = a_member("Dimas")
    for _ in range(2):
        a_task()
    with somebody_else() as does:
        other = does(take_next, by=dimas)
        mine = take_next(by=sari)
        theirs = other.result()
    assert {task.pk for task in (mine, theirs)} == set(Task.objects.values_list("pk", flat=True))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_the_same_one_does(sari):
    task, dimas = a_task(), a_member("Dimas")
    with somebody_else() as does:
        other = does(take_task, task=task, by=dimas)
        failed = []
        try:
            take_task(task=task, by=sari)
        except TaskTaken as error:
            failed.append(error)
        failed += [error] if (error := other.exception()) else []
    assert len(failed) == 1
    assert Event.objects.filter(kind="caring.taken").count() == 1


def test_the_next_is_the_overdue_then_the_more_important_then_the_dearer(sari):
    cheap, dear, late = a_task(), a_task(), a_task()
    Task.objects.filter(pk=dear.pk).update(value=900_000)
    Task.objects.filter(pk=late.pk).update(due_at=timezone.now() - HOUR, occurred_at=timezone.now() - DAY, value=0)
    assert [take_next(by=sari), take_next(by=sari), take_next(by=sari), take_next(by=sari)] == [late, dear, cheap, None]


def test_who_complains_meanwhile_is_put_off_and_the_next_is_somebody_else(sari):
    first, second = a_task(), a_task()
    Task.objects.filter(pk=first.pk).update(value=900_000)
    a_case(customer=first.customer)
    assert take_next(by=sari) == second
    first.refresh_from_db()
    assert (first.state, first.why, first.assignee) == ("waiting", "complaint", None)


def test_who_took_the_consent_back_is_left_out_with_the_reason(sari):
    task = a_task()
    task.customer.consents.all().delete()
    assert take_task(task=task, by=sari).why == "no_consent"
    task.refresh_from_db()
    assert (task.state, task.assignee, Suppression.objects.count()) == ("suppressed", None, 1)


def test_reached_stands_among_the_customers_contacts(sari):
    task = a_task()
    noted(task, sari, Outcome.REACHED, note="Jarang dipakai karena pindah kerja.")
    contact = Interaction.objects.get(customer=task.customer)
    assert (task.state, task.outcome, contact.direction, contact.channel) == ("done", "reached", "out", "call")
    assert (contact.text, contact.staff) == ("Jarang dipakai karena pindah kerja.", sari)
    assert Attempt.objects.get().note == contact.text
    assert "Jarang" not in str(Event.objects.get(kind="caring.closed").facts)


def test_no_answer_comes_again_after_the_pause_until_all_attempts_are_made(sari):
    task = a_task()
    for tried in (1, 2, 3):
        noted(task, sari, Outcome.NO_ANSWER)
        assert (task.state, task.tried) == ("failed" if tried == 3 else "waiting", tried)
        assert task.assignee is None or tried == 3
        if tried < 3:
            assert task.next_at > timezone.now() + 3 * HOUR
            Task.objects.update(next_at=timezone.now() - HOUR)
            open_due(timezone.now())
    assert not Interaction.objects.exists()


def test_who_wants_to_be_called_back_is_due_then(sari):
    task, when = a_task(), timezone.now() + 9 * DAY
    done = noted(task, sari, Outcome.CALL_BACK, when=when)
    assert (task.state, task.next_at, task.due_at, done.later) == ("waiting", when, when, False)


def test_a_call_back_in_quiet_hours_is_moved_to_the_morning(sari):
    task = a_task()
    taken(task, sari)
    ContactPolicy.objects.update(quiet_from=dt.time(20), quiet_until=dt.time(8))
    tomorrow = timezone.localtime(timezone.now(), dt.timezone(dt.timedelta(hours=7))) + DAY
    late = tomorrow.replace(hour=22, minute=30, second=0, microsecond=0)
    done = note_outcome(task=task, outcome=Outcome.CALL_BACK, by=sari, said=Said(when=late))
    assert done.later
    assert done.task.next_at == (late + DAY).replace(hour=8, minute=0)


def test_a_call_back_needs_a_time_to_come(sari):
    task = taken(a_task(), sari)
    with pytest.raises(WorkRefused) as refused:
        note_outcome(task=task, outcome=Outcome.CALL_BACK, by=sari, said=Said(when=timezone.now() - HOUR))
    assert (refused.value.field, Attempt.objects.count()) == ("when", 0)


def test_a_wrong_number_is_listed_and_another_one_is_tried(sari):
    task = a_task()
    task.customer.contact_points.create(kind="msisdn", value="+628120000777")
    noted(task, sari, Outcome.WRONG_NUMBER)
    listed = Correction.objects.open().get(flaw="number_fails")
    assert (listed.thing, listed.thing_id) == ("line", task.subscription_id)
    assert (task.state, task.channel, task.assignee) == ("open", "call", None)
    noted(task, sari, Outcome.WRONG_NUMBER)
    assert (task.state, Correction.objects.open().filter(flaw="number_fails").count()) == ("failed", 2)


def test_a_number_that_is_right_after_all_is_called_again(sari):
    from caring.reach import recipient_of

    task = a_task()
    noted(task, sari, Outcome.WRONG_NUMBER)
    assert recipient_of(task, "call") == ""
    decide_correction(correction=Correction.objects.get(flaw="number_fails"), state="accepted", by=sari)
    assert recipient_of(task, "call") == task.subscription.msisdn


@pytest.mark.parametrize(("wants", "why_not"), [("no_courtesy", "consent withdrawn"),
                                                ("do_not_disturb", "do not disturb"), ("", "")])  # fmt: skip
def test_who_refuses_is_left_alone_as_far_as_they_say(sari, wants, why_not):
    task = a_task()
    noted(task, sari, Outcome.REFUSED, wants=wants)
    assert task.state == "ended"
    assert may_contact(customer=task.customer, purpose=Purpose.CARE, channel="call").why_not == why_not


def test_what_they_report_becomes_a_case_of_who_heard_it(sari):
    task = a_task()
    done = noted(
        task, sari, Outcome.NEEDS_CASE, words="Sinyal di rumah hilang.", note="Teknisi datang besok.",
        promise="Teknisi menelepon", promise_due=timezone.now() + DAY,
    )  # fmt: skip
    case = Case.objects.get()
    said = case.entries.order_by("interaction").values_list("interaction__text", flat=True)
    assert (done.case, case.assignee, case.customer) == (case, sari, task.customer)
    assert list(said) == ["Sinyal di rumah hilang.", "Teknisi datang besok."]
    assert (task.state, task.outcome, task.facts["opened"]) == ("done", "needs_case", case.pk)
    assert case.clocks.get(kind="response").stopped_at is not None
    assert Promise.objects.get(case=case).keeper == sari


def test_a_case_without_words_is_refused(sari):
    task = taken(a_task(), sari)
    with pytest.raises(WorkRefused):
        note_outcome(task=task, outcome=Outcome.NEEDS_CASE, by=sari)
    assert not Case.objects.exists()
    assert not Attempt.objects.exists()


@pytest.mark.parametrize(("kind", "stage"), [("problem", 10), ("complaint", 17)])
def test_10_and_17_who_is_not_satisfied_has_the_case_open_again(sari, kind, stage):
    case, task = a_settled(kind, stage)
    done = noted(task, sari, Outcome.REACHED, satisfied=False, note="Masih putus-putus malam hari.")
    case.refresh_from_db()
    assert (task.state, done.case, case.reopened, case.settled_at) == ("done", case, 1, None)
    assert case.notes.get().text == "Masih putus-putus malam hari."


def test_10_a_closed_case_gets_a_new_one(sari):
    case, task = a_settled()
    close_case(case=case)
    done = noted(task, sari, Outcome.REACHED, satisfied=False, note="Masih mati.")
    assert done.case != case
    assert (done.case.kind, done.case.customer) == ("problem", case.customer)


def test_10_asks_whether_they_are_satisfied(sari):
    _case, task = a_settled()
    taken(task, sari)
    for said in (Said(), Said(satisfied=False)):
        with pytest.raises(WorkRefused):
            note_outcome(task=task, outcome=Outcome.REACHED, by=sari, said=said)
    assert not Attempt.objects.exists()
    assert note_outcome(task=task, outcome=Outcome.REACHED, by=sari, said=Said(satisfied=True)).task.state == "done"


def test_16_keeps_the_coded_reason_and_what_became_of_the_offer(sari):
    task = a_task(16)
    taken(task, sari)
    with pytest.raises(WorkRefused):
        note_outcome(task=task, outcome=Outcome.REACHED, by=sari, said=Said(reason="sulky"))
    note_outcome(
        task=task, outcome=Outcome.REACHED, by=sari, said=Said(reason="price", offer="lighter_plan", offer_taken=True)
    )
    task.refresh_from_db()
    assert (task.state, task.reason, task.offer, task.offer_taken) == ("done", "price", "lighter_plan", True)


def test_20_checks_in_three_times_thirty_days_apart(sari):
    customer = a_consenting()
    at = timezone.now()
    task = Task.objects.create(
        stage_id=20, version=Stage.objects.get(pk=20).version, customer=customer, occasion="watch:7",
        channel="call", occurred_at=at, next_at=at, due_at=at + 3 * DAY,
    )  # fmt: skip
    for place in (2, 3, 4):
        noted(task, sari, Outcome.REACHED)
        following = Task.objects.filter(occasion=f"watch:7+{place}").first()
        if place < 4:
            assert (following.state, (following.next_at - at).days) == ("waiting", 30)
            Task.objects.filter(pk=following.pk).update(state="open", next_at=at)
            ContactPolicy.objects.update(most=9)
            task = following
    assert following is None


def test_only_who_took_it_says_what_came_of_it(sari):
    task = a_task()
    with pytest.raises(NotTaken):
        note_outcome(task=task, outcome=Outcome.REACHED, by=sari)
    noted(task, sari, Outcome.REACHED)
    with pytest.raises(TaskGone):
        note_outcome(task=task, outcome=Outcome.REACHED, by=sari)
    assert Attempt.objects.count() == 1


def seen(user) -> list[int]:
    return list(Task.objects.workable_by(user).order_by("stage").values_list("stage", flat=True))


def test_retention_goes_to_the_teams_that_take_it(sari):
    a_task(13)
    a_task(22)
    assert seen(sari) == [13, 22]
    team = a_team("Retensi", takes_retention=True)
    assert seen(sari) == [22]
    assert seen(a_member("Mega", teams=(team,))) == [13, 22]


def test_quality_and_divisions_see_no_calls_of_care():
    a_task()
    assert seen(a_member(role=Role.QUALITY)) == seen(a_member(role=Role.DIVISION)) == []
    assert seen(a_member(role=Role.SUPERVISOR)) == [22]


def test_a_visit_is_the_work_of_the_office_of_the_city():
    from crm.staff.models import Office

    bandung, makassar = (
        Office.objects.create(code=region.lower(), name=f"GraPARI {region}", region=region)
        for region in ("Bandung", "Makassar")
    )
    at = timezone.now()
    for city in ("Kota Bandung", "Kota Sorong"):
        Task.objects.create(
            stage_id=23, version=Stage.objects.get(pk=23).version, customer=a_customer("Rina", city=city),
            occasion=city, channel="visit", occurred_at=at, next_at=at, due_at=at + 3 * DAY,
        )  # fmt: skip
    assert len(seen(a_member(office=bandung))) == 2
    assert len(seen(a_member(office=makassar))) == 1
    assert seen(a_member()) == []


def test_of_an_erased_customer_no_note_is_left(sari):
    from caring.held import describe, erase
    from crm.customers.holdings import Person

    task = a_task()
    noted(task, sari, Outcome.REACHED, note="Pindah ke Bali.")
    person = Person(frozenset({task.customer_id}))
    assert "Pindah ke Bali." in str(describe(person))
    erase(person)
    assert Attempt.objects.get().note == ""
