"""Writing facts. Call inside the transaction that makes them true."""

import datetime as dt
from typing import Any

from django.db import models
from django.utils import timezone

from crm.events.models import Event
from crm.events.origin import origin


def record(
    kind: str,
    /,
    *,
    subject: models.Model,
    customer_id: int | None = None,
    by: Any = None,
    at: dt.datetime | None = None,
    **facts: Any,
) -> Event:
    """Write one fact about `subject`, e.g. `record("case.opened", subject=case, by=user, at=at, channel="x")`.

    `by` is the acting user, None for the system; `at` is when it became true (now when left out); `facts` are
    JSON-able ids and values, never personal text.
    """
    return Event.objects.create(
        kind=kind,
        subject_type=subject._meta.model_name or "",
        subject_id=subject.pk,
        customer_id=customer_id,
        actor_id=getattr(by, "pk", None),
        at=at or timezone.now(),
        facts={**origin(), **facts},
    )
