"""The fixed lists of this room; each word is stored as it stands here."""

import datetime as dt

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Step(TextChoices):
    """What the exchange tells. In this order where two are of one moment."""

    RINGING = "ringing", _("Rang")
    ANSWERED = "answered", _("Answered")
    HELD = "held", _("Put on hold")
    RESUMED = "resumed", _("Taken off hold")
    TRANSFERRED = "transferred", _("Transferred")
    ENDED = "ended", pgettext_lazy("call", "Ended")


class CallState(TextChoices):
    RINGING = "ringing", _("Ringing")
    TALKING = "talking", _("Talking")
    HELD = "held", _("On hold")
    ENDED = "ended", pgettext_lazy("call", "Ended")


class Result(TextChoices):
    """How a call ended for the customer."""

    SOLVED = "solved", pgettext_lazy("call", "Solved")
    GOES_ON = "goes_on", pgettext_lazy("call", "Goes on")
    CALL_BACK = "call_back", _("Call back")


SPOKEN = (CallState.TALKING, CallState.HELD)
# Who called with the same number so long ago is offered again.
REMEMBERED = dt.timedelta(days=365)
