"""The fixed lists of this room; each word is stored as it stands here."""

import datetime as dt

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Zone(TextChoices):
    """Indonesia's three clocks."""

    WIB = "Asia/Jakarta", "WIB"
    WITA = "Asia/Makassar", "WITA"
    WIT = "Asia/Jayapura", "WIT"


class Role(TextChoices):
    """What somebody does here; crm/staff/access.py says what follows from it."""

    AGENT = "agent", _("Agent")
    QUALITY = "quality", _("Service quality")
    SUPERVISOR = "supervisor", _("Supervisor")
    DIVISION = "division", _("Division staff")
    ADMINISTRATOR = "administrator", _("Administrator")


class Presence(TextChoices):
    AVAILABLE = "available", _("Available")
    BUSY = "busy", _("Busy")
    WRAP_UP = "wrap_up", _("Wrap-up")
    AWAY = "away", _("Away")


class Language(TextChoices):
    """Blank follows the browser."""

    INDONESIAN = "id", "Bahasa Indonesia"
    ENGLISH = "en", "English"


class Theme(TextChoices):
    AUTO = "auto", _("As the system")
    LIGHT = "light", pgettext_lazy("colours", "Light")
    DARK = "dark", pgettext_lazy("colours", "Dark")


class SignInOutcome(TextChoices):
    """How an attempt to sign in ended."""

    OK = "ok", _("Signed in")
    FAILED = "failed", _("Wrong name or password")
    LOCKED = "locked", _("Locked")
    SECOND_STEP_FAILED = "second_step", _("Wrong second-step code")
    UNKNOWN = "unknown", _("Not known here")


class SignInMethod(TextChoices):
    PASSWORD = "password", _("Password")
    COMPANY = "company", _("Company account")


# How long an attempt to sign in stays in the log.
SIGN_INS_KEPT = dt.timedelta(days=400)
