"""Why nothing was done with a request. `field` names the input to blame; str() is translated."""

from django.utils.translation import gettext_lazy as _


class PrivacyError(Exception):
    code = "privacy_error"
    field = ""
    sentence = _("This cannot be done with the request.")

    def __str__(self) -> str:
        return str(self.sentence)


class AlreadyAsked(PrivacyError):
    code = "already_asked"
    field = "kind"
    sentence = _("They have asked for this already; the request is still open.")


class AlreadyDecided(PrivacyError):
    code = "already_decided"
    sentence = _("Somebody has decided it meanwhile. Look at it again.")


class ReasonMissing(PrivacyError):
    code = "reason_missing"
    field = "reason"
    sentence = _("Say why; for a refusal, on which legal ground.")


class AskedInFuture(PrivacyError):
    code = "asked_in_future"
    field = "asked_at"
    sentence = _("Nobody can have asked in the future.")


class SecondPersonNeeded(PrivacyError):
    code = "second_person_needed"
    sentence = _("Erasing takes two people: another one has to approve it.")


class StandsAgainst(PrivacyError):
    """Something lawful stands against erasing: `whys` in words."""

    code = "stands_against"

    def __init__(self, whys: list[str]) -> None:
        super().__init__()
        self.whys = whys

    def __str__(self) -> str:
        return " ".join(self.whys)


class FileGone(PrivacyError):
    code = "file_gone"
    sentence = _("The file is not there any more. Have it made again.")


class PeriodTooShort(PrivacyError):
    code = "period_too_short"
    field = "number"

    def __init__(self, shortest: int) -> None:
        super().__init__()
        self.shortest = shortest

    def __str__(self) -> str:
        return str(_("Keep it for %(days)s days at least.")) % {"days": self.shortest}


class PeriodMoved(PrivacyError):
    code = "period_moved"
    sentence = _("Somebody has set another period meanwhile. Look at it again.")
