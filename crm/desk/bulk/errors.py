"""Why a bulk action was refused as a whole; what one case refuses is said in its row."""

from django.utils.translation import gettext_lazy as _

from crm.cases.errors import CaseError


class BulkError(Exception):
    """str() is the translated sentence."""

    sentence = _("This cannot be done with many cases.")

    def __str__(self) -> str:
        return str(self.sentence)


class NothingChosen(BulkError):
    sentence = _("No case is chosen any more. Choose again.")


class TooMany(BulkError):
    sentence = _("More than 50,000 cases at once are too many. Narrow the search.")


class CannotUndo(BulkError):
    sentence = _("This can no longer be undone.")


class NothingToChange(CaseError):
    code = "nothing_to_change"
    sentence = _("It is so already.")


class TakenMeanwhile(CaseError):
    code = "taken_meanwhile"
    sentence = _("Somebody else was given it meanwhile.")


class TakenElsewhere(CaseError):
    code = "taken_elsewhere"
    sentence = _("Somebody changed it meanwhile.")


class NobodyThere(CaseError):
    code = "nobody_there"
    sentence = _("Whoever should get it no longer works here.")


class TooManyTags(CaseError):
    code = "too_many_tags"
    sentence = _("It would carry more than 10 tags.")
