"""What people decide for themselves."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.staff.models import Language, User


class ProfileForm(forms.ModelForm):
    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("As my browser")), *Language.choices], required=False
    )

    class Meta:
        model = User
        fields = ["language", "time_zone", "theme", "letter_keys", "signature"]
        help_texts = {"signature": _("Ends a public answer: Dhea becomes -Dhea.")}
