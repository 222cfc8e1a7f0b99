"""The customer in front of a counter: who they are, masked; the steps of the visit; what is open; what was before."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.billing.models import Bill
from crm.cases.models import Case
from crm.customers.models import Customer, IdentityDocument, Subscription
from crm.desk.person import Person
from crm.desk.rows import Row, rows_of
from crm.desk.tense import Now
from crm.staff.models import User
from crm.timeline.models import Interaction
from crm.visits.models import Visit

LINES = 5
TROUBLED = (Subscription.State.ISOLIR, Subscription.State.BLOCKED, Subscription.State.GRACE)


@dataclass(frozen=True)
class Step:
    name: str
    icon: str
    said: str = ""
    at: dt.datetime | None = None
    state: str = ""  # done, now


class Front:
    """Asks for each thing when it is drawn."""

    def __init__(self, visit: Visit, user: User, now: Now) -> None:
        self.visit, self._user, self._now = visit, user, now

    @property
    def customer(self) -> Customer | None:
        return self.visit.customer

    @cached_property
    def person(self) -> Person | None:
        return Person(self.customer, list(self.customer.contact_points.all())) if self.customer else None

    @cached_property
    def number(self) -> str:
        """Their first line or number, masked."""
        if self.person is None:
            return ""
        numbers = [one.masked for one in self.person.contacts if one.point.kind == "msisdn"]
        return next(iter([*(line.masked for line in self.person.lines), *numbers]), "")

    @cached_property
    def paper(self) -> IdentityDocument | None:
        return self.customer.documents.order_by("-kind").filter(kind="nik").first() if self.customer else None

    @cached_property
    def cases(self) -> list[Case]:
        """Registered in this visit."""
        return list(self.visit.cases.order_by("pk"))

    @property
    def steps(self) -> list[Step]:
        visit = self.visit
        seen = visit.get_paper_display() if visit.paper else ""
        registered = ", ".join(f"#{case.number}" for case in self.cases)
        steps = [
            Step(_("Queue number"), "ticket", at=visit.arrived_at, state="done"),
            Step(pgettext("visit", "Called"), "bell-ringing", at=visit.called_at, state="done"),
            Step(_("At the counter"), "building-store", at=visit.started_at, state="done" if visit.started_at else ""),
            Step(_("Identity"), "fingerprint", said=seen, at=visit.paper_at, state="done" if seen else ""),
            Step(_("Case"), "message-plus", said=registered or _("if needed"), state="done" if registered else ""),
        ]
        return _with_now(steps)

    @cached_property
    def open_cases(self) -> list[Row]:
        running = Case.objects.live().running().filter(customer=self.customer)
        return rows_of(running.by_deadline().with_list_columns()[:LINES], self._now)

    @cached_property
    def visible(self) -> set[int]:
        """Those whose page this user may open."""
        ids = [row.case.pk for row in self.open_cases]
        return set(Case.objects.visible_to(self._user).filter(pk__in=ids).values_list("pk", flat=True))

    @cached_property
    def troubled_lines(self) -> list[Subscription]:
        """Blocked, isolated or in grace."""
        assert self.person is not None
        return [one.subscription for one in self.person.lines if one.subscription.state in TROUBLED]

    @cached_property
    def bills(self) -> list[Bill]:
        unpaid = Bill.objects.filter(customer=self.customer, paid=None, total__gt=0)
        return list(unpaid.select_related("subscription").order_by("due", "pk")[:LINES])

    @property
    def open_things(self) -> int:
        return len(self.open_cases) + len(self.troubled_lines) + len(self.bills)

    @cached_property
    def earlier(self) -> list[Interaction]:
        """What they brought before, on every channel."""
        before = Interaction.objects.filter(customer=self.customer, direction="in").exclude(visit=self.visit)
        mine = before.exclude(in_case__case__visits=self.visit)
        return list(mine.select_related("in_case__case").order_by("-at", "-pk")[:LINES])


def _with_now(steps: list[Step]) -> list[Step]:
    """The first that is not done is what happens now."""
    following = next((n for n, step in enumerate(steps) if not step.state), None)
    if following is None:
        return steps
    step = steps[following]
    steps[following] = Step(step.name, step.icon, step.said, step.at, "now")
    return steps
