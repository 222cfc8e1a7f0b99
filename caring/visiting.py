"""Visits of an office: planned for a day, taken by whoever goes, and told on a sheet to take along."""

import datetime as dt
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from caring.deciding import GO, Verdict, zone_of
from caring.models import Stage, Task
from caring.models.task import TaskQuerySet
from caring.reach import address_of
from caring.refusals import TaskGone, TaskTaken, WorkRefused
from caring.taking import assign, lock, note_reveal
from caring.words import State, Way
from crm.customers.looks import record_look
from crm.customers.masking import mask_msisdn
from crm.customers.models import Address
from crm.events.actions import record
from crm.staff.models import Office, Role, User

FURTHEST = dt.timedelta(days=30)
MOST = 200
MORNING = dt.time(9)  # when the policy is asked for a visit of a day to come
PAGE = "visit_sheet"


@dataclass(frozen=True)
class Visit:
    task: Task
    stage: str

    @cached_property
    def address(self) -> Address | None:
        return address_of(self.task.customer, Way.VISIT)

    @property
    def area(self) -> str:
        """What anybody of the office may see of it."""
        return self.address.area if self.address else self.task.customer.city

    @property
    def number(self) -> str:
        line = self.task.subscription
        return mask_msisdn(line.msisdn) if line and line.msisdn.startswith("+") else ""

    @property
    def order(self) -> tuple[Any, ...]:
        """Along the way: by town and district, in each the one that is due first."""
        at = self.address
        place = (at.city, at.district) if at else (self.task.customer.city, "")
        return (*(part.casefold() for part in place), self.task.due_at, self.task.pk)


class DayPlan:
    def __init__(self, office: Office, day: dt.date, user: User) -> None:
        self.office, self.day, self.user = office, day, user

    @cached_property
    def planned(self) -> list[Visit]:
        return _visits(self._all.filter(facts__visit=self.day.isoformat()))

    @cached_property
    def unplanned(self) -> list[Visit]:
        """Due first among those that are read; a day that has gone by without the visit is none."""
        today = timezone.localdate().isoformat()
        return _visits(self._all.filter(Q(facts__visit__isnull=True) | Q(facts__visit__lt=today)))

    @property
    def _all(self) -> TaskQuerySet:
        return Task.objects.visits_of(self.office).order_by("due_at", "pk")

    def on_sheet(self) -> list[Visit]:
        """What one has taken; supervisors see what anybody of the office has."""
        taken = [one for one in self.planned if one.task.assignee_id]
        if self.user.role == Role.SUPERVISOR:
            return taken
        return [one for one in taken if one.task.assignee_id == self.user.pk]


def offices_of(user: User) -> list[Office]:
    """One's own; supervisors look after all of them."""
    if user.role == Role.SUPERVISOR:
        return list(Office.objects.order_by("name", "pk"))
    return [user.office] if user.office else []


def _visits(tasks: TaskQuerySet) -> list[Visit]:
    found = tasks.select_related("stage", "version", "customer", "subscription", "assignee")
    names = Stage.objects.titles()
    rows = found.prefetch_related("customer__addresses")[:MOST]
    return sorted((Visit(task, names[task.stage_id]) for task in rows), key=lambda one: one.order)


@transaction.atomic
def plan_visit(*, task: Task, day: dt.date | None, by: User, at: dt.datetime | None = None) -> Task:
    """For a day; None: for none any more. Before its day it is not among what is to be done now.

    Raises TaskGone, TaskTaken, WorkRefused.
    """
    at = at or timezone.now()
    task = lock(task.pk)
    if task.state not in Task.DUE or task.channel != Way.VISIT:
        raise TaskGone
    if task.assignee and task.assignee_id != by.pk:
        raise TaskTaken(task.assignee.name)
    here = at.astimezone(zone_of(task.customer))
    if day is not None and not here.date() <= day <= here.date() + FURTHEST:
        raise WorkRefused(_("Choose a day within the next %(days)s.") % {"days": FURTHEST.days}, "day")
    task.facts = {key: value for key, value in task.facts.items() if key != "visit"}
    if day is not None:
        task.facts["visit"] = day.isoformat()
    task.next_at = max(at, _morning(day, here.tzinfo, dt.time())) if day else at
    if task.assignee_id is None:
        task.state = State.WAITING if task.next_at > at else State.OPEN
    task.save(update_fields=["facts", "next_at", "state"])
    said = {"stage": task.stage_id, "day": day.isoformat() if day else ""}
    record("caring.visit_planned", subject=task, customer_id=task.customer_id, by=by, at=at, **said)
    return task


def _morning(day: dt.date, zone: dt.tzinfo | None, time: dt.time = MORNING) -> dt.datetime:
    return dt.datetime.combine(day, time, tzinfo=zone or zoneinfo.ZoneInfo("UTC"))


@transaction.atomic
def take_visit(*, task: Task, by: User, at: dt.datetime | None = None) -> Verdict:
    """Theirs to make, also before its day; the policy is asked as of that morning. Raises TaskGone, TaskTaken."""
    at = at or timezone.now()
    task = lock(task.pk)
    if task.assignee and task.assignee_id != by.pk:
        raise TaskTaken(task.assignee.name)
    if task.state not in Task.DUE or task.channel != Way.VISIT or not task.facts.get("visit"):
        raise TaskGone
    if task.assignee_id == by.pk:
        return GO
    day = dt.date.fromisoformat(task.facts["visit"])
    return assign(task, by, at, goes_at=max(at, _morning(day, zone_of(task.customer))))


def note_look(visits: Iterable[Visit], by: User, at: dt.datetime) -> None:
    """Address and number stand in clear on the sheet: one look a customer in ten minutes, as with any page."""
    for visit in visits:
        task = visit.task
        if task.customer.erased_at or not record_look(customer=task.customer, by=by, page=PAGE, at=at):
            continue
        for what in ("address", "msisdn"):
            note_reveal(task, what, by, at)
