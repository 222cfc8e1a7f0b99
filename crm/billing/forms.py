import datetime as dt
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from crm.billing.loading.faults import FileFault
from crm.billing.loading.mapping import read_mapping, shipped
from crm.billing.models import TierScale
from crm.customers.models import Tier
from crm.lib.days import DayField

UPLOAD_LIMIT = 256 * 1024 * 1024
MAPPING_LIMIT = 100_000


class LoadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV, at most 256 MB; larger ones go by the command. Nothing is stored before you have looked."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )
    known = forms.ChoiceField(label=_("Mapping"), required=False)
    own = forms.FileField(
        label=_("Or a mapping of your own"),
        required=False,
        help_text=_("A TOML file: which column is what, and how days and amounts are written."),
        widget=forms.ClearableFileInput(attrs={"accept": ".toml"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known: Any = self.fields["known"]
        known.choices = [("", _("A mapping of my own")), *((name, name) for name in shipped())]

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > UPLOAD_LIMIT:
            raise forms.ValidationError(_("The file is too large. Divide it, or use the command."))
        return file

    def clean(self) -> dict[str, Any]:
        """The mapping's text as `mapping`."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        own = said.get("own")
        if own is None and not said.get("known"):
            self.add_error("known", _("Choose a mapping, or bring one."))
            return said
        try:
            text = own.read(MAPPING_LIMIT).decode() if own else shipped()[said["known"]]
            read_mapping(text)
        except UnicodeDecodeError:
            self.add_error("own", _("The mapping is no UTF-8 text."))
        except FileFault as fault:
            self.add_error("own" if own else "known", str(fault))
        else:
            said["mapping"] = text
        return said


class OverrideForm(forms.Form):
    tier = forms.ChoiceField(label=_("Tier"), choices=Tier.choices)
    until = DayField(label=_("Last day"), help_text=_("Then ARPU decides again."))
    reason = forms.CharField(
        label=_("Reason"), max_length=250, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept with the customer; everybody who opens the record can read it."),
    )  # fmt: skip

    def __init__(self, *args: Any, day: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].initial = day + dt.timedelta(days=90)


class ScaleForm(forms.ModelForm):
    class Meta:
        model = TierScale
        fields = ["platinum_from", "gold_from", "silver_from", "bronze_from", "margin_percent", "grace_days"]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        limits = [said.get(name) for name in ("platinum_from", "gold_from", "silver_from", "bronze_from")]
        known = [one for one in limits if one is not None]
        if len(known) == len(limits) and (sorted(known, reverse=True) != known or len(set(known)) < 4 or known[-1] < 1):
            raise forms.ValidationError(_("Each limit must be higher than that of the tier below it."))
        if (said.get("margin_percent") or 0) > 50:
            self.add_error("margin_percent", _("At most 50 per cent."))
        if (said.get("grace_days") or 0) > 366:
            self.add_error("grace_days", _("At most a year."))
        return said
