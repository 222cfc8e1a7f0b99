"""The mark in a subject by which a reply finds its case, e.g. [#24110001-k7q3xw]: the number, and a code that only we
can make, so that nobody guesses their way into another's case."""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from crm.cases.models import Case
from crm.timeline.models import Direction, Interaction

MARK = re.compile(r"\[#(\d{1,18})-([a-z2-7]{6})\]", re.IGNORECASE)
# What mail programs put before a subject, again and again.
PREFIXES = re.compile(r"^(?:\s*(?:re|aw|sv|antw|bls|balas|fw|fwd|tr|ter)\s*(?:\[\d+\])?\s*:)+\s*", re.IGNORECASE)
SUBJECT_MAX = 170


def mark_of(number: int) -> str:
    return f"[#{number}-{_code(number, settings.SECRET_KEY)}]"


def number_in(subject: str) -> int | None:
    """The case number of the first mark that is ours."""
    for number, code in MARK.findall(subject):
        if any(hmac.compare_digest(code.lower(), _code(int(number), key)) for key in _keys()):
            return int(number)
    return None


def bare(subject: str) -> str:
    """What the mail is about: without marks and without Re:."""
    return PREFIXES.sub("", " ".join(MARK.sub(" ", subject).split()))


def subject_for(case: Case, channel: str, subject: str = "") -> str:
    """The subject of what we send in a case: as it was given, else an answer to the customer's own; with the mark."""
    if not subject:
        theirs = Interaction.objects.filter(in_case__case=case, channel=channel, direction=Direction.IN)
        subject = bare(theirs.order_by("-at").values_list("subject", flat=True).first() or "")
        subject = f"Re: {subject}" if subject else _general(case)
    return f"{MARK.sub('', subject)[:SUBJECT_MAX].strip()} {mark_of(case.number)}"


def _general(case: Case) -> str:
    with translation.override(case.customer.language):
        return _("Our answer to you")


def _keys() -> Iterator[str]:
    yield settings.SECRET_KEY
    yield from map(str, settings.SECRET_KEY_FALLBACKS)


def _code(number: int, key: str) -> str:
    digest = hmac.new(b"mark of a case " + key.encode(), str(number).encode(), hashlib.sha256).digest()
    return base64.b32encode(digest)[:6].decode().lower()
