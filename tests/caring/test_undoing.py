"""An outcome is taken back within minutes, unless something has followed that is not taken back."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from caring.models import Attempt, Task
from caring.refusals import CannotUndo
from caring.words import Outcome, State
from caring.working import Said, note_outcome, take_task, undo_outcome
from crm.events.models import Event
from crm.timeline.models import Interaction
from tests.caring.people import a_task
from tests.people import a_member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("programme", "all_day")]
MINUTE = dt.timedelta(minutes=1)
KEPT = (
    "state",
    "channel",
    "tried",
    "outcome",
    "why",
    "reason",
    "offer",
    "offer_taken",
    "due_at",
    "closed_at",
    "assignee",
)


@pytest.fixture
def sari(programme):
    return a_member("Sari Wulandari")


def taken(task: Task, by) -> Task:
    take_task(task=task, by=by)
    task.refresh_from_db()
    return task


def noted(task: Task, by, outcome: str, at: dt.datetime | None = None, **said: Any) -> None:
    note_outcome(task=task, outcome=outcome, by=by, said=Said(**said), at=at)


def as_it_is(task: Task) -> dict[str, Any]:
    task.refresh_from_db()
    return {name: getattr(task, name) for name in KEPT}


def outcomes():
    when = timezone.now() + 10 * dt.timedelta(days=1)
    return [
        (22, Outcome.REACHED, {"note": "Sudah jelas."}), (22, Outcome.NO_ANSWER, {}), (22, Outcome.REFUSED, {}),
        (22, Outcome.CALL_BACK, {"when": when}), (16, Outcome.REACHED, {"reason": "price", "offer": "prepaid"}),
    ]  # fmt: skip


def test_after_undo_everything_is_as_before_and_the_event_says_that_it_was(sari):
    for stage, outcome, said in outcomes():
        task = taken(a_task(stage), sari)
        before = as_it_is(task)
        noted(task, sari, outcome, **said)
        assert as_it_is(task) != before
        undo_outcome(task=task, by=sari)
        assert as_it_is(task) == before
    assert not Attempt.objects.exists()
    assert not Interaction.objects.filter(voided_at=None).exists()
    told = Event.objects.filter(kind="caring.outcome_undone").order_by("pk")
    assert [event.facts["outcome"] for event in told] == [outcome for _stage, outcome, _said in outcomes()]


def test_the_next_check_in_goes_with_the_outcome(sari):
    task = taken(a_task(20), sari)
    noted(task, sari, Outcome.REACHED)
    assert Task.objects.filter(stage=20).count() == 2
    undo_outcome(task=task, by=sari)
    assert list(Task.objects.filter(stage=20)) == [task]


def test_an_earlier_attempt_stays(sari):
    task = taken(a_task(), sari)
    noted(task, sari, Outcome.NO_ANSWER)
    Task.objects.filter(pk=task.pk).update(state=State.OPEN)
    noted(taken(task, sari), sari, Outcome.REACHED)
    undo_outcome(task=task, by=sari)
    assert (as_it_is(task)["outcome"], task.tried) == (Outcome.NO_ANSWER, 1)


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Outcome.WRONG_NUMBER, {}),
        (Outcome.NEEDS_CASE, {"words": "Sinyal hilang."}),
        (Outcome.REFUSED, {"wants": "no_courtesy"}),
    ],
)
def test_what_stands_in_another_room_is_not_taken_back(sari, outcome, said):
    task = taken(a_task(), sari)
    noted(task, sari, outcome, **said)
    before = as_it_is(task)
    with pytest.raises(CannotUndo):
        undo_outcome(task=task, by=sari)
    assert as_it_is(task) == before


def test_five_minutes_later_by_somebody_else_or_once_taken_again_it_stands(sari):
    at = timezone.now()
    task = taken(a_task(), sari)
    noted(task, sari, Outcome.NO_ANSWER, at)
    before = as_it_is(task)
    for by, when in ((sari, at + 6 * MINUTE), (a_member(), at + MINUTE)):
        with pytest.raises(CannotUndo):
            undo_outcome(task=task, by=by, at=when)
    Task.objects.filter(pk=task.pk).update(state=State.OPEN, assignee=a_member("Tono"))
    with pytest.raises(CannotUndo):
        undo_outcome(task=task, by=sari, at=at + MINUTE)
    assert as_it_is(task)["tried"] == before["tried"]
    assert Attempt.objects.count() == 1


def test_after_a_message_has_left_nothing_is_taken_back(sari):
    task = taken(a_task(), sari)
    noted(task, sari, Outcome.NO_ANSWER)
    Attempt.objects.create(task=task, number=2, channel="sms", outcome="sent")
    Task.objects.filter(pk=task.pk).update(tried=2, channel="sms")
    with pytest.raises(CannotUndo, match=r"pesan|message"):
        undo_outcome(task=task, by=sari)


def test_the_worklist_offers_to_take_the_last_outcome_back(client, sari):
    client.force_login(sari, backend="crm.staff.backends.StaffBackend")
    task = taken(a_task(), sari)
    client.post(f"/caring/work/{task.pk}/outcome/", {"outcome": "no_answer"})
    assert client.get("/caring/").context["last"].task_id == task.pk
    client.post(f"/caring/work/{task.pk}/undo/")
    assert as_it_is(task)["assignee"] == sari
    assert client.get("/caring/").context["last"] is None


def test_who_refuses_ends_the_task_with_that_word(sari):
    task = taken(a_task(), sari)
    noted(task, sari, Outcome.REFUSED)
    assert (as_it_is(task)["state"], task.why) == (State.ENDED, "refused")
