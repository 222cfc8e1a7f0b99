"""Policies: published once, never edited; a running clock changes only on purpose, and never to the customer's harm."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from crm.cases.actions import apply_policy, climb_ladder, discard_draft, draft_policy, publish_policy, save_draft
from crm.cases.errors import DraftMoved, NeedsAnother, NoPolicy, PolicyPublished
from crm.cases.foresight.terms import Terms
from crm.cases.models import Escalation, LadderStep, SlaClock, SlaPolicy, SlaTarget
from crm.cases.sweep import Swept, sweep
from crm.events.models import Event
from crm.staff.models import Role, User
from tests.people import a_case, a_member


@pytest.fixture
def dewi(policy: SlaPolicy) -> User:
    return a_member("Dewi", Role.SUPERVISOR)


def a_policy(response: int, resolution: int) -> SlaPolicy:
    policy = SlaPolicy.objects.create(version=2)
    SlaTarget.objects.create(policy=policy, response_seconds=response, resolution_seconds=resolution)
    return policy


def test_a_policy_is_published_once(dewi: User) -> None:
    draft = a_policy(600, 3600)
    publish_policy(policy=draft, by=dewi)
    with pytest.raises(PolicyPublished):
        publish_policy(policy=draft, by=dewi)
    assert Event.objects.filter(kind="policy.published").count() == 1


def test_applying_a_longer_promise_moves_the_deadline(dewi: User) -> None:
    case = a_case(timezone.now())
    longer = publish_policy(policy=a_policy(1800, 4 * 86_400), by=dewi)
    apply_policy(case=case, policy=longer, by=dewi)
    clock = case.clocks.get(kind="response")
    assert (clock.due_at - clock.started_at, clock.policy) == (dt.timedelta(minutes=30), longer)


def test_applying_a_shorter_promise_never_shortens_what_was_promised(dewi: User) -> None:
    case = a_case(timezone.now())
    shorter = publish_policy(policy=a_policy(60, 3600), by=dewi)
    apply_policy(case=case, policy=shorter, by=dewi)
    clock = case.clocks.get(kind="response")
    assert clock.due_at - clock.started_at == dt.timedelta(minutes=15)


def test_a_verdict_given_is_not_rewritten_by_a_new_policy(dewi: User) -> None:
    case = a_case(timezone.now() - dt.timedelta(minutes=20))
    case.clocks.filter(kind="response").update(verdict="missed", marks_passed=4)
    apply_policy(case=case, policy=publish_policy(policy=a_policy(3600, 86_400), by=dewi), by=dewi)
    clock = case.clocks.get(kind="response")
    assert (clock.verdict, clock.due_at - clock.started_at) == ("missed", dt.timedelta(minutes=15))


def test_a_draft_is_not_applied(dewi: User) -> None:
    case = a_case(timezone.now())
    with pytest.raises(NoPolicy):
        apply_policy(case=case, policy=a_policy(1800, 4 * 86_400), by=dewi)
    assert case.clocks.get(kind="response").target_seconds == 900


def test_a_published_policy_cannot_be_changed_past_the_actions(policy: SlaPolicy) -> None:
    target, step = policy.targets.all()[0], policy.ladder.all()[0]
    attempts: list[Callable[[], object]] = [
        lambda: SlaPolicy.objects.update(pause_for_customer=True),
        policy.delete,
        lambda: SlaTarget.objects.update(response_seconds=1),
        target.delete,
        lambda: SlaTarget.objects.create(policy=policy, channel="x"),
        lambda: LadderStep.objects.update(percent=10),
        step.delete,
        lambda: LadderStep.objects.create(policy=policy, clock="response", percent=10, party="quality"),
    ]
    for attempt in attempts:
        with pytest.raises(DatabaseError, match=r"published policy|Cannot update or delete"), transaction.atomic():
            attempt()
    assert SlaTarget.objects.filter(response_seconds=900).count() == 2


def test_a_part_of_a_published_policy_cannot_move_to_a_draft_nor_back(policy: SlaPolicy) -> None:
    draft = SlaPolicy.objects.create(version=2)
    for target, home in ((policy.targets.all()[0], draft), (SlaTarget.objects.create(policy=draft), policy)):
        target.policy, target.channel = home, "x"
        with pytest.raises(DatabaseError, match="published policy"), transaction.atomic():
            target.save()
    assert policy.targets.count() == 2


def test_an_overdue_clock_that_nobody_swept_still_breaches_under_another_policy(dewi: User) -> None:
    case = a_case(timezone.now() - dt.timedelta(minutes=20))
    apply_policy(case=case, policy=publish_policy(policy=a_policy(900, 86_400), by=dewi), by=dewi)
    sweep()
    assert case.clocks.get(kind="response").verdict == "missed"


def test_a_step_taken_under_one_policy_is_not_taken_again_under_another(dewi: User) -> None:
    opened = timezone.now() - dt.timedelta(hours=60)
    case = a_case(opened, kind="complaint")
    while sweep() != Swept():
        pass
    longer = a_policy(900, 4 * 86_400)
    LadderStep.objects.create(policy=longer, clock="resolution", percent=80, party="quality")
    apply_policy(case=case, policy=publish_policy(policy=longer, by=dewi), by=dewi)
    clock = case.clocks.get(kind="resolution")
    assert climb_ladder(clock_id=clock.pk, now=opened + dt.timedelta(hours=90)) is False
    SlaClock.objects.filter(pk=clock.pk).update(marks_passed=2, wake_for="step")  # the two warnings
    assert climb_ladder(clock_id=clock.pk, now=opened + dt.timedelta(hours=90)) is True
    assert Escalation.objects.filter(clock=clock, percent=80).count() == 1


def test_whoever_saved_the_draft_last_does_not_publish_it(dewi: User) -> None:
    ratna = a_member("Ratna", Role.SUPERVISOR)
    draft = draft_policy(by=dewi)
    with pytest.raises(NeedsAnother, match="Ratna"):
        publish_policy(policy=draft, by=dewi)
    draft.refresh_from_db()
    assert draft.published_at is None
    assert publish_policy(policy=draft, by=ratna).published_by == ratna


def test_the_database_refuses_it_too(dewi: User) -> None:
    a_member("Ratna", Role.SUPERVISOR)
    draft = draft_policy(by=dewi)
    with pytest.raises(DatabaseError, match="another person"), transaction.atomic():
        SlaPolicy.objects.filter(pk=draft.pk).update(published_at=timezone.now(), published_by=dewi)
    with pytest.raises(DatabaseError, match="another person"), transaction.atomic():
        SlaPolicy.objects.filter(pk=draft.pk).update(published_at=timezone.now(), published_by=dewi)


def test_who_alone_may_publish_publishes_their_own_draft(dewi: User) -> None:
    a_member("Ratna", Role.SUPERVISOR, is_active=False)
    assert publish_policy(policy=draft_policy(by=dewi), by=dewi).published_by == dewi


def test_after_a_colleague_has_saved_it_the_first_may_publish(dewi: User) -> None:
    ratna = a_member("Ratna", Role.SUPERVISOR)
    draft = draft_policy(by=dewi)
    save_draft(policy=draft, terms=Terms.of(draft), note="Lebih cepat", seen=draft.stamp, by=ratna)
    with pytest.raises(NeedsAnother):
        publish_policy(policy=draft, by=ratna)
    assert publish_policy(policy=draft, by=dewi).note == "Lebih cepat"


def test_a_draft_saved_meanwhile_is_not_written_over(dewi: User) -> None:
    draft = draft_policy(by=dewi)
    seen = draft.stamp
    save_draft(policy=draft, terms=Terms.of(draft), note="First", seen=seen, by=dewi)
    with pytest.raises(DraftMoved):
        save_draft(policy=draft, terms=Terms.of(draft), note="Second", seen=seen, by=dewi)
    draft.refresh_from_db()
    assert draft.note == "First"


def test_there_is_one_draft_and_the_database_knows(dewi: User) -> None:
    assert draft_policy(by=dewi) == draft_policy(by=dewi)
    with pytest.raises(DatabaseError, match="one_draft_at_a_time"), transaction.atomic():
        SlaPolicy.objects.create(version=9)


def test_a_discarded_draft_is_gone_and_a_published_one_stays(dewi: User) -> None:
    discard_draft(policy=draft_policy(by=dewi), by=dewi)
    assert SlaPolicy.objects.count() == 1
    with pytest.raises(PolicyPublished):
        discard_draft(policy=SlaPolicy.objects.get(), by=dewi)
    assert Event.objects.filter(kind="policy.discarded").count() == 1
