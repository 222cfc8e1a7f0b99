from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.desk.models import Notification, Ringing

Kind = Notification.Kind


class RingingForm(forms.Form):
    """What rings for somebody. What does not stands in the list all the same, as read."""

    rings = forms.MultipleChoiceField(
        label=_("What rings"), choices=Kind.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    quiet_when_away = forms.BooleanField(
        label=_("Quiet in wrap-up and away"), required=False,
        help_text=_("The list fills, but nothing rings until you are available or busy."),
    )  # fmt: skip
    by_browser = forms.BooleanField(
        label=_("The browser shows it too"), required=False,
        help_text=_("Kind and number of the case, no names and no text. One tab shows it."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, ringing: Ringing) -> None:
        initial = {
            "rings": [kind for kind in Kind.values if kind not in ringing.muted],
            "quiet_when_away": ringing.quiet_when_away,
            "by_browser": ringing.by_browser,
        }
        super().__init__(data, initial=initial)

    def chosen(self) -> dict[str, Any]:
        """Fields of Ringing."""
        data = self.cleaned_data
        muted = [kind for kind in Kind.values if kind not in data["rings"]]
        return {"muted": muted, "quiet_when_away": data["quiet_when_away"], "by_browser": data["by_browser"]}
