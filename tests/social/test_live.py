"""Live intake of single posts: the same rules, as they happen."""

import datetime as dt

import pytest
from django.utils import timezone

from crm.cases.defaults import ensure_policy
from crm.cases.models import Case
from crm.timeline.models import Interaction
from social.columns import Row
from social.intake import receive_post
from social.models import Account, Post


@pytest.fixture
def account(db: None) -> Account:
    ensure_policy()
    return Account.objects.create(network="x", handle="Sapa")


def a_post(number: int, who: str, text: str, *, ago: int, to: str = "") -> Row:
    at = timezone.now() - dt.timedelta(minutes=ago)
    return Row(str(number), "t1", at, who, text, reply_to=to, is_brand=who == "Sapa")


def test_a_mention_by_name_is_a_live_case_with_a_running_clock(account: Account) -> None:
    receive_post(account=account, row=a_post(1, "ani", "@sapa sinyal hilang", ago=1))
    case = Case.objects.live().get()
    assert case.clocks.get(kind="response").stopped_at is None


def test_the_same_post_delivered_twice_is_one(account: Account) -> None:
    row = a_post(1, "ani", "@sapa sinyal hilang", ago=1)
    assert receive_post(account=account, row=row) == receive_post(account=account, row=row)
    assert (Case.objects.count(), Interaction.objects.count(), Post.objects.count()) == (1, 1, 1)


def test_a_reply_given_on_the_network_itself_stops_the_clock(account: Account) -> None:
    receive_post(account=account, row=a_post(1, "ani", "@sapa sinyal hilang", ago=5))
    receive_post(account=account, row=a_post(2, "Sapa", "Kami cek ya -Dhea", ago=2, to="Ani"))
    assert Case.objects.get().clocks.get(kind="response").verdict == "met"


def test_after_a_case_is_closed_a_new_call_by_name_is_a_new_case(account: Account) -> None:
    receive_post(account=account, row=a_post(1, "ani", "@sapa sinyal hilang", ago=9))
    Case.objects.update(state="closed", closed_at=timezone.now(), settled_at=timezone.now(), outcome="solved")
    receive_post(account=account, row=a_post(2, "ani", "@sapa hilang lagi", ago=1))
    assert Case.objects.count() == 2
    assert Post.objects.filter(state="case").count() == 2
