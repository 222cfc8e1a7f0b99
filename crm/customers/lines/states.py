"""The one table of where a line may go from each state. Verbs, pages, API and docs all read it. Pure."""

from crm.customers.lines.errors import CannotGo
from crm.customers.models import Subscription

S = Subscription.State
Table = dict[str, tuple[str, ...]]

# state: the states it may go to. What has ended stays ended: a recycled number is another line.
POSTPAID: Table = {
    S.ORDERED: (S.SURVEYED, S.INSTALLED, S.ACTIVE, S.REMOVED),
    S.SURVEYED: (S.INSTALLED, S.ACTIVE, S.REMOVED),
    S.INSTALLED: (S.ACTIVE, S.REMOVED),
    S.ACTIVE: (S.DUE, S.ISOLIR, S.REMOVED),
    S.DUE: (S.ACTIVE, S.ISOLIR, S.REMOVED),
    S.ISOLIR: (S.ACTIVE, S.REMOVED),
    S.REMOVED: (),
}
PREPAID: Table = {
    S.ACTIVE: (S.GRACE, S.BLOCKED),
    S.GRACE: (S.ACTIVE, S.BLOCKED),
    S.BLOCKED: (S.ACTIVE, S.RECYCLED),
    S.RECYCLED: (),
}
# A state that this kind of line does not know, as files of other systems name it: the nearest that it does.
NEAREST_POSTPAID: dict[str, str] = {S.GRACE: S.DUE, S.BLOCKED: S.ISOLIR, S.RECYCLED: S.REMOVED}
NEAREST_PREPAID: dict[str, str] = {
    S.ORDERED: S.BLOCKED, S.SURVEYED: S.BLOCKED, S.INSTALLED: S.BLOCKED, S.DUE: S.GRACE, S.ISOLIR: S.BLOCKED,
    S.REMOVED: S.RECYCLED,
}  # fmt: skip
# The event of an arrival; going back to work after a stop is another one than the first activation.
EVENTS = {
    S.SURVEYED: "line.surveyed", S.INSTALLED: "line.installed", S.ACTIVE: "line.activated", S.DUE: "line.overdue",
    S.ISOLIR: "line.suspended", S.GRACE: "line.in_grace", S.BLOCKED: "line.blocked", S.REMOVED: "line.removed",
    S.RECYCLED: "line.recycled",
}  # fmt: skip
STOPPED = (S.DUE, S.ISOLIR, S.GRACE, S.BLOCKED)


def table(*, postpaid: bool) -> Table:
    return POSTPAID if postpaid else PREPAID


def path(*, postpaid: bool) -> list[str]:
    """Every state of this kind of line, in the order of a life."""
    return [str(state) for state in table(postpaid=postpaid)]


def next_states(state: str, *, postpaid: bool) -> tuple[str, ...]:
    return table(postpaid=postpaid).get(state, ())


def check(before: str, after: str, *, postpaid: bool) -> None:
    """Raises CannotGo."""
    if after not in next_states(before, postpaid=postpaid):
        raise CannotGo(before, after)


def event_of(before: str, after: str) -> str:
    return "line.restored" if after == S.ACTIVE and before in STOPPED else EVENTS[S(after)]
