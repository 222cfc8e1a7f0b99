"""The fixed lists of this room, in customers' words."""

import datetime as dt

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crm.cases.words import Kind

# How long a link works after its case was closed [ours].
LINK_LASTS = dt.timedelta(days=60)


class About(TextChoices):
    """The kinds of a case, as somebody says them who has one."""

    PROBLEM = Kind.PROBLEM.value, _("Something does not work")
    COMPLAINT = Kind.COMPLAINT.value, _("I am not satisfied")
    QUESTION = Kind.QUESTION.value, _("I have a question")
    REQUEST = Kind.REQUEST.value, _("I need something done")
    SUGGESTION = Kind.SUGGESTION.value, _("I have a suggestion")


class Honorific(TextChoices):
    """The customer's choice, stored as it is said."""

    NONE = "", _("Name only")
    BAPAK = "Bapak", "Bapak"
    IBU = "Ibu", "Ibu"
    KAK = "Kak", "Kak"


class Prefers(TextChoices):
    """How somebody wants to be answered."""

    EMAIL = "email", _("By e-mail")
    SMS = "sms", _("By SMS")
    CALL = "call", _("By a call")


# The text beside the tick, by version: what somebody agreed to can be shown years later.
CONSENT = {1: _("What I write here, and my contact, may be used to answer me and to settle my case.")}
CONSENT_NOW = 1


def in_full(seconds: int) -> str:
    """A promise as one says it: '15 minutes', '3 days', '36 hours'."""
    if seconds % 86_400 == 0:
        days = seconds // 86_400
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    if seconds % 3_600 == 0:
        hours = seconds // 3_600
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    minutes = -(-seconds // 60)
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
