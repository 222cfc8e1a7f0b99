"""What somebody says of a schedule."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.lib.sheets import TYPES
from crm.reports.models import Schedule
from crm.reports.recipients import allowed

MOST = 20


class ScheduleForm(forms.ModelForm):
    recipients = forms.CharField(
        label=gettext_lazy("Recipients"),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=gettext_lazy("E-mail addresses of colleagues, one a line."),
    )
    hour = forms.TypedChoiceField(
        label=gettext_lazy("at"), coerce=int, choices=[(hour, f"{hour:02}:00") for hour in range(24)], initial=7
    )
    format = forms.ChoiceField(label=gettext_lazy("Format"), choices=[(name, name.upper()) for name in TYPES])

    class Meta:
        model = Schedule
        fields = ("name", "every", "hour", "format", "recipients")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if domains := ", ".join(settings.REPORT_MAIL_DOMAINS):
            self.fields["recipients"].help_text = _(
                "E-mail addresses of colleagues, or at %(domains)s, one a line."
            ) % {"domains": domains}
        if self.instance.pk:
            self.initial["recipients"] = "\n".join(self.instance.recipients)

    def clean_recipients(self) -> list[str]:
        """A report holds figures of ours, and its lists names of customers: it goes to no stranger."""
        addresses = list(dict.fromkeys(re.split(r"[\s,;]+", self.cleaned_data["recipients"].strip())))
        for address in addresses:
            try:
                validate_email(address)
            except ValidationError:
                raise ValidationError(_("%(address)s is no e-mail address."), params={"address": address}) from None
        if len(addresses) > MOST:
            raise ValidationError(_("At most %(most)s recipients."), params={"most": MOST})
        if strangers := [address for address in addresses if address not in allowed(addresses)]:
            raise ValidationError(
                _("Not the address of a colleague: %(addresses)s"), params={"addresses": ", ".join(strangers)}
            )
        return addresses
