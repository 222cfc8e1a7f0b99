"""The closed word lists of a case. Pure: states, clocks, pages and the API all take their words from here."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    QUESTION = "question", _("Question")
    PROBLEM = "problem", _("Problem")
    COMPLAINT = "complaint", _("Complaint")
    SUGGESTION = "suggestion", _("Suggestion")
    REQUEST = "request", _("Request")


class State(TextChoices):
    NEW = "new", _("New")
    OPEN = "open", _("Open")
    WAITING = "waiting", _("Waiting")
    SETTLED = "settled", _("Settled")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")
    REJECTED = "rejected", _("Rejected")


class Waiting(TextChoices):
    """Whom or what a waiting case waits for."""

    CUSTOMER = "customer", _("Customer")
    DIVISION = "division", _("Division")
    APPOINTMENT = "appointment", _("Appointment")


class Priority(TextChoices):
    LOW = "low", _("Low")
    NORMAL = "normal", _("Normal")
    HIGH = "high", _("High")
    URGENT = "urgent", _("Urgent")


class Verb(TextChoices):
    """What is done with a case; the keys of states.TRANSITIONS."""

    TAKE_UP = "take_up", _("Taking up")
    ANSWER = "answer", _("Answering")
    ASSIGN = "assign", _("Assigning")
    ESCALATE = "escalate", _("Escalating")
    EDIT = "edit", _("Editing")
    WAIT = "wait", _("Waiting for somebody")
    RESUME = "resume", _("Resuming")
    SNOOZE = "snooze", _("Snoozing")
    SETTLE = "settle", _("Settling")
    REOPEN = "reopen", _("Reopening")
    CLOSE = "close", _("Closing")
    CANCEL = "cancel", _("Cancelling")
    REJECT = "reject", _("Rejecting")
    MERGE = "merge", _("Merging")
    ARCHIVE = "archive", _("Archiving")


class Outcome(TextChoices):
    """How a case ended."""

    SOLVED = "solved", _("Solved")
    EXPLAINED = "explained", _("Explained")
    NO_ANSWER = "no_answer", _("No answer from the customer")
    NOT_POSSIBLE = "not_possible", _("Not possible")
    MERGED = "merged", _("Merged into another case")
    ARCHIVED = "archived", _("Archived")


class ClockKind(TextChoices):
    RESPONSE = "response", _("First reply")
    RESOLUTION = "resolution", _("Settlement")


class Verdict(TextChoices):
    """Empty while the deadline is open; decided from timestamps, never from when somebody looked."""

    MET = "met", _("In time")
    MISSED = "missed", _("Too late")
    VOID = "void", _("Not counted")


class WakeFor(TextChoices):
    """Why a clock wakes: a mark the sweep handles set by set, or a step of the ladder, taken case by case."""

    MARK = "mark", _("Warning or breach")
    STEP = "step", _("Escalation")


class ReviewState(TextChoices):
    """How far the review of a breach has come; read from who wrote and signed what."""

    TO_REVIEW = "open", _("To review")
    IN_REVIEW = "begun", _("In review")
    TO_SIGN = "sign", _("To sign")
    SIGNED = "signed", _("Signed off")


class Party(TextChoices):
    """Who holds a case."""

    TEAM = "team", _("Team")
    SUPERVISOR = "supervisor", _("Supervisor")
    QUALITY = "quality", _("Service quality")
    DIVISION = "division", _("Division")


class Fate(TextChoices):
    """What becomes of a promise that is open when its case is settled."""

    KEPT = "kept", _("It was kept")
    BROKEN = "broken", _("Not kept")
    STAYS = "stays", _("Still to be kept")


RUNNING_STATES = (State.NEW, State.OPEN, State.WAITING)
