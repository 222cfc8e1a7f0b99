"""The words of a visit, which are codes in the database and in the API."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Purpose(models.TextChoices):
    CARD = "card", _("Replace a card")
    BILL = "bill", pgettext_lazy("visit", "Bill or payment")
    COMPLAINT = "complaint", pgettext_lazy("visit", "Complaint")
    NEW = "new", _("New line")
    OTHER = "other", pgettext_lazy("visit", "Something else")


class VisitState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("visit", "Waiting")
    CALLED = "called", pgettext_lazy("visit", "Called")
    SERVING = "serving", pgettext_lazy("visit", "Being served")
    ENDED = "ended", pgettext_lazy("visit", "Served")
    LEFT = "left", _("Walked out")


class Result(models.TextChoices):
    DONE = "done", pgettext_lazy("visit", "Done here")
    CASE = "case", pgettext_lazy("visit", "Goes on as a case")
    BACK = "back", _("Has to come back")
    NOT_POSSIBLE = "not_possible", pgettext_lazy("visit", "Not possible")


# The letter before the queue number; whoever comes first by right has one of their own.
SERIES = {Purpose.CARD: "A", Purpose.BILL: "B", Purpose.COMPLAINT: "B", Purpose.NEW: "C", Purpose.OTHER: "D"}
PRIORITY_SERIES = "P"
AT_A_COUNTER = (VisitState.CALLED, VisitState.SERVING)
OPEN = (VisitState.WAITING, *AT_A_COUNTER)
