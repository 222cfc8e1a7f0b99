"""The closed word lists of the programme. Pure: stages, tasks, pages and the API all take their words from here."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Scope(TextChoices):
    """The four scopes of the document."""

    PROVISIONING = "provisioning", _("Provisioning")
    FAULT = "fault", _("Fault")
    CHURN = "churn", _("Churn")
    COMPLAINT = "complaint", _("Complaint")


class Kind(TextChoices):
    """How the contact policy takes a stage (domain.md §4)."""

    SERVICE = "service", _("Service: what the customer asked for or must know")
    COURTESY = "courtesy", _("Courtesy and retention: consent, at most so many, never beside an open complaint")


class Work(TextChoices):
    """Whose work a task of the stage is."""

    CARE = "care", _("Customer care")
    RETENTION = "retention", _("Retention team")
    OFFICE = "office", _("GraPARI of the area")
    QUALITY = "quality", _("Service quality")


class Way(TextChoices):
    """How somebody is reached. `same`: as they wrote to us."""

    SMS = "sms", _("SMS")
    EMAIL = "email", _("E-mail")
    LETTER = "letter", _("Letter")
    CALL = "call", _("Call")
    VISIT = "visit", _("Visit")
    SAME = "same", _("The same channel as the complaint")
    FORM = "form", _("Score form")


class Outcome(TextChoices):
    """What came of an attempt. `sent`: a message left, and no report says that it did not arrive."""

    REACHED = "reached", pgettext_lazy("outcome", "Reached, done")
    NO_ANSWER = "no_answer", pgettext_lazy("outcome", "No answer")
    CALL_BACK = "call_back", pgettext_lazy("outcome", "Call back at …")
    WRONG_NUMBER = "wrong_number", pgettext_lazy("outcome", "Wrong number")
    REFUSED = "refused", pgettext_lazy("outcome", "Does not want to talk")
    NEEDS_CASE = "needs_case", pgettext_lazy("outcome", "Needs a case")
    SENT = "sent", pgettext_lazy("outcome", "Message sent")
    UNDELIVERED = "undelivered", pgettext_lazy("outcome", "Message not delivered")


class State(TextChoices):
    WAITING = "waiting", pgettext_lazy("caring", "Waiting for its time")
    OPEN = "open", pgettext_lazy("caring", "To be done")
    SENT = "sent", pgettext_lazy("caring", "Message on its way")
    DONE = "done", pgettext_lazy("caring", "Done")
    FAILED = "failed", pgettext_lazy("caring", "Not reached")
    ENDED = "ended", pgettext_lazy("caring", "Ended")
    SUPPRESSED = "suppressed", pgettext_lazy("caring", "Left out")


class Why(TextChoices):
    """Why a task was left out or put off. The strongest comes first."""

    RESTRICTED = "restricted", pgettext_lazy("left out", "The customer's data is restricted")
    DO_NOT_DISTURB = "do_not_disturb", pgettext_lazy("left out", "The customer does not want to be disturbed")
    NO_CONSENT = "no_consent", pgettext_lazy("left out", "No consent to courtesy contacts")
    HOLD_OUT = "hold_out", pgettext_lazy("left out", "In the hold-out group")
    COMPLAINT = "complaint", pgettext_lazy("left out", "A complaint is open")
    QUIET = "quiet", pgettext_lazy("left out", "Quiet hours where the customer is")
    CAP = "cap", pgettext_lazy("left out", "Contacted as often as the policy allows")
    HOUSEHOLD = "household", pgettext_lazy("left out", "Somebody of the same household was called today")
    REFUSED = "refused", pgettext_lazy("ended", "The customer did not want to talk")
    UNREACHABLE = "unreachable", pgettext_lazy("left out", "No number or address that can be used")
