"""A case as its customer sees it: where it stands, and the conversation of this link alone."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Max, Q, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from crm.cases import states
from crm.cases.clocks import first_waiting
from crm.cases.models import Case
from crm.cases.words import Party, State, Waiting
from crm.lib.display import moment
from crm.messaging.models import Message
from crm.timeline.models import Attachment, Channel, Direction, Interaction
from crm.web.links import case_behind, filing_of, link_to
from crm.web.models import Filing, StatusLink
from crm.web.promises import Promise, promises_of

RECEIVED, AT_WORK, SETTLED = 1, 2, 3


@dataclass(frozen=True)
class Stage:
    """Where it stands. `step` is how far it has come, of three."""

    step: int
    icon: str
    title: str
    said: str


@dataclass(frozen=True)
class Line:
    """One message as the page shows it; of us the first name alone."""

    pk: int
    at: dt.datetime
    is_ours: bool
    who: str
    text: str
    files: list[Attachment]


@dataclass(frozen=True)
class Status:
    link: StatusLink
    case: Case
    filing: Filing | None

    @property
    def name(self) -> str:
        """As the writer of the form called themselves; never from the customer's record."""
        return self.filing.addressed if self.filing else ""

    @cached_property
    def stage(self) -> Stage:
        return stage_of(self.case)

    @cached_property
    def promises(self) -> list[Promise]:
        return promises_of(self.case) if self.case.is_running or self.case.state == State.SETTLED else []

    @cached_property
    def lines(self) -> list[Line]:
        return [_line(one) for one in shown(self.link, self.case)]

    @property
    def version(self) -> str:
        """Another one as soon as the page would look different."""
        newest = shown(self.link, self.case).order_by().aggregate(newest=Max("pk"))["newest"]
        return f"{newest or 0}-{self.case.state}-{self.case.party}"

    @property
    def is_closed(self) -> bool:
        return self.case.closed_at is not None

    @cached_property
    def may_call_solved(self) -> bool:
        """Once somebody of us has answered."""
        return states.allowed(self.case.state, "settle") and not first_waiting(self.case)

    @property
    def may_call_unsolved(self) -> bool:
        return states.allowed(self.case.state, "reopen")


def status_of(link: StatusLink) -> Status:
    return Status(link, case_behind(link), filing_of(link))


def shown(link: StatusLink, case: Case) -> QuerySet[Interaction]:
    """Theirs and our answers to them, by the form and the page alone. What was said on other channels, in other
    cases, or by others whose case was merged with this one, is not for whoever holds this link.
    """
    here = Interaction.objects.filter(in_case__case=case, channel=Channel.WEB, voided_at=None)
    own = Q(conversation=link.case.conversation)
    if case.pk != link.case_id:
        # Merged: answers go on where the other case has no page of its own; an empty name would fit anybody's.
        own = own & ~Q(conversation="")
        newest = link_to(case.pk)
        if newest is not None and newest.pk == link.pk:
            own |= Q(direction=Direction.OUT, at__gte=link.case.closed_at)
    left = Q(direction=Direction.IN) | Q(message=None) | Q(message__state=Message.State.SENT)
    return here.filter(own, left).select_related("staff").prefetch_related("attachments").order_by("at", "pk")


def _line(said: Interaction) -> Line:
    return Line(said.pk, said.at, not said.is_inbound, _who(said), said.text, list(said.attachments.all()))


def _who(said: Interaction) -> str:
    if said.is_inbound:
        return _("You")
    return said.staff.get_short_name() if said.staff and said.by_person else _("Customer care")


def stage_of(case: Case) -> Stage:
    if case.state == State.SETTLED:
        return Stage(SETTLED, "circle-check", _("Settled"),
                     _("Is it not? Write to us within seven days, and it is open again."))  # fmt: skip
    if case.closed_at:
        return _ended(case)
    if case.state == State.WAITING:
        return _waiting(case)
    if case.party != Party.TEAM:
        return _with_specialists()
    if case.state == State.NEW:
        return Stage(RECEIVED, "inbox", _("Received"), _("Your message is here, and the clock is running."))
    return Stage(AT_WORK, "message-2", _("Being worked on"), _("Somebody has taken it up."))


def _waiting(case: Case) -> Stage:
    if case.waiting_for == Waiting.CUSTOMER:
        return Stage(AT_WORK, "hourglass", _("Waiting for you"),
                     _("We have asked you something. Answer below, and we go on at once."))  # fmt: skip
    if case.waiting_for == Waiting.APPOINTMENT and case.waiting_until:
        said = _("Agreed for %(at)s.") % {"at": moment(case.waiting_until)}
        return Stage(AT_WORK, "calendar-time", _("Waiting for the appointment"), said)
    return _with_specialists()


def _with_specialists() -> Stage:
    return Stage(AT_WORK, "users", _("With the specialists"), _("They look into it; we tell you what they find."))


def _ended(case: Case) -> Stage:
    if case.state == State.CANCELLED:
        return Stage(SETTLED, "ban", _("Taken back"), _("You told us that it is no longer needed."))
    if case.state == State.REJECTED:
        return Stage(SETTLED, "ban", _("Not taken up"), _("This is not something we can settle."))
    return Stage(SETTLED, "archive", _("Closed"), _("If something remains, send us a new message."))
