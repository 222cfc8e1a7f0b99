"""The one table of what may happen to a case in which state. Actions, pages, API and docs all read it. Pure."""

from crm.cases.errors import IllegalTransition
from crm.cases.words import State

RUNNING = frozenset({State.NEW, State.OPEN, State.WAITING})

# verb: (states it may be done in, state it leads to; None = stays)
TRANSITIONS: dict[str, tuple[frozenset[State], State | None]] = {
    "take_up": (RUNNING, State.OPEN),
    "answer": (RUNNING | {State.SETTLED}, None),
    "assign": (RUNNING, None),
    "escalate": (RUNNING, None),
    "edit": (RUNNING | {State.SETTLED}, None),
    "wait": (RUNNING, State.WAITING),
    "resume": (frozenset({State.WAITING}), State.OPEN),
    "snooze": (RUNNING, None),
    "settle": (RUNNING, State.SETTLED),
    "reopen": (frozenset({State.SETTLED}), State.OPEN),
    "close": (frozenset({State.SETTLED}), State.CLOSED),
    "cancel": (RUNNING, State.CANCELLED),
    "reject": (RUNNING, State.REJECTED),
    "merge": (RUNNING, State.CLOSED),
    "archive": (RUNNING | {State.SETTLED}, State.CLOSED),
}


def allowed(state: str, verb: str) -> bool:
    return state in TRANSITIONS[verb][0]


def verbs(state: str) -> list[str]:
    """What may be done now, in the order of the table: pages draw their buttons from it."""
    return [verb for verb in TRANSITIONS if allowed(state, verb)]


def after(state: str, verb: str) -> str:
    """The state that `verb` leads to. Raises IllegalTransition when it may not be done."""
    if not allowed(state, verb):
        raise IllegalTransition(state, verb)
    return TRANSITIONS[verb][1] or state
