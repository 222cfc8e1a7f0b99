"""What people may ask of their data (UU PDP 27/2022), and how far an answer has come."""

import datetime as dt

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ROOM_OF_REQUESTS, ROOM_OF_LOOKS, ROOM_OF_RETENTION = _("Data requests"), _("Looks"), _("Retention")
LAW = dt.timedelta(hours=72)  # 3 x 24 hours that run day and night, and never pause


class Kind(TextChoices):
    ACCESS = "access", _("Access to their data")
    CORRECTION = "correction", _("Correction")
    ERASURE = "erasure", _("Erasure")
    RESTRICTION = "restriction", _("Restriction")
    WITHDRAWAL = "withdrawal", _("Withdrawal of consent")


class State(TextChoices):
    OPEN = "open", pgettext_lazy("data request", "Open")
    PROPOSED = "proposed", _("Waits for a second person")
    DONE = "done", pgettext_lazy("data request", "Granted")
    REFUSED = "refused", pgettext_lazy("data request", "Refused")


STANDING = (State.OPEN, State.PROPOSED)
