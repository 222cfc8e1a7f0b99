import pghistory
from django.utils.translation import gettext_lazy as _

from crm.lib.listed import Listed


@pghistory.track()
class CallReason(Listed):
    """What a call was about: the editable list of which a wrap-up names one."""

    class Meta(Listed.Meta):
        verbose_name, verbose_name_plural = _("reason of a call"), _("reasons of calls")
