"""Escalating says by when the answer is wanted, and whoever receives it reads that."""

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils import timezone

from crm.cases.models import Case, Escalation
from crm.desk.forms.acts import TO_TELL, wanted_before
from crm.staff.models import User
from tests.desk.conftest import HTMX


def local(at: dt.datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M")


def escalate(client: Any, case: Case, **said: Any) -> Any:
    said = {"party": "supervisor", "reason": "Sektor 3 mati", "version": case.version} | said
    return client.post(reverse("desk:act", args=[case.number, "escalate"]), said, headers=HTMX)


def test_a_time_before_the_deadline_is_proposed_and_none_when_it_is_too_late() -> None:
    now = timezone.now()
    assert wanted_before(now + dt.timedelta(hours=1), now) == now + dt.timedelta(hours=1) - TO_TELL
    assert wanted_before(now + dt.timedelta(minutes=20), now) is None
    assert wanted_before(None, now) is None


def test_the_receiver_reads_it_in_the_case_the_room_and_the_history(
    as_user: Any, sari: User, ratna: User, case: Case
) -> None:
    wanted = timezone.now() + dt.timedelta(hours=3)
    assert escalate(as_user(sari), case, wanted_by=local(wanted)).status_code == 200
    assert local(Escalation.objects.get().wanted_by) == local(wanted)
    client = as_user(ratna)
    assert "the answer is wanted by" in client.get(reverse("desk:case", args=[case.number])).content.decode()
    for place in (reverse("desk:escalations"), reverse("desk:history", args=[case.number])):
        assert "answer wanted by" in client.get(place, headers=HTMX).content.decode()


def test_a_time_that_is_past_is_refused_and_nothing_escalated(as_user: Any, sari: User, case: Case) -> None:
    past = timezone.now() - dt.timedelta(hours=1)
    answer = escalate(as_user(sari), case, wanted_by=local(past))
    assert answer.status_code == 422
    assert "time to come" in answer.content.decode()
    assert not Escalation.objects.exists()


def test_without_a_time_it_goes_as_before(as_user: Any, sari: User, case: Case) -> None:
    assert escalate(as_user(sari), case, wanted_by="").status_code == 200
    assert Escalation.objects.get().wanted_by is None
