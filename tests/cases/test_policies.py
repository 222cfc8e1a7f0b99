"""Policies: published once, never edited; a running clock changes only on purpose, and never to the customer's harm."""

import datetime as dt

import pytest
from django.utils import timezone

from crm.cases.actions import apply_policy, publish_policy
from crm.cases.errors import PolicyPublished
from crm.cases.models import SlaPolicy, SlaTarget
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
