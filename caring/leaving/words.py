"""Why a line is at risk, in words."""

from django.utils.translation import gettext_lazy as _

from caring.leaving.model import Reason

WORDS = {
    Reason.SILENT: _("no calls and no data last month"),
    Reason.USAGE_FELL: _("used less than half as much as the month before"),
    Reason.USED_LITTLE: _("hardly used last month"),
    Reason.SILENT_BEFORE: _("silent in the month before already"),
    Reason.SPENT_WELL_BEFORE: _("spent more than most before"),
    Reason.NO_RECHARGE: _("no top-up last month"),
    Reason.RECHARGED_LESS: _("topped up less than before"),
    Reason.SHORT_TENURE: _("with us for a shorter time than most"),
}


def in_words(reasons: list[str]) -> str:
    return ", ".join(str(WORDS[Reason(one)]) for one in reasons)
