from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from crm.timeline.models import Channel
from social.csvfile import UPLOAD_LIMIT, FileFault

NETWORKS = [(c.value, c.label) for c in (Channel.X, Channel.INSTAGRAM, Channel.FACEBOOK)]


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV in UTF-8 with commas, at most 64 MB. It is shown before anything is stored."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )
    network = forms.ChoiceField(label=_("Network"), choices=NETWORKS)
    account = forms.CharField(
        label=_("Our account"),
        max_length=80,
        help_text=_("The handle, with or without @. Posts that name it open cases."),
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > UPLOAD_LIMIT:
            raise forms.ValidationError(str(FileFault("oversized", limit=UPLOAD_LIMIT // 2**20)))
        return file

    def clean_account(self) -> str:
        account: str = self.cleaned_data["account"].strip().lstrip("@")
        if not account or len(account.split()) != 1:
            raise forms.ValidationError(_("A handle is one word, such as @name."))
        return account


class BeginForm(forms.Form):
    replay = forms.BooleanField(
        label=_("Replay"),
        required=False,
        initial=True,
        help_text=_("Feed the posts through intake at their own times, so that they become archive cases with clocks."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": ""} | kwargs)
