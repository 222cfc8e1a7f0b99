"""Teams and skills as supervisors set them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.staff.actions.teams import changeable_members
from crm.staff.models import Skill, Team, User
from crm.timeline.models import Channel

MOST_MINUTES = 600
TIMES = ("wrap_up_minutes", "gone_minutes", "idle_minutes", "take_back_minutes")


class TeamForm(forms.ModelForm):
    channels = forms.MultipleChoiceField(
        label=_("Channels"), choices=Channel.choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("What comes by these goes to this team. A channel that no team takes goes to the first team."),
    )  # fmt: skip
    members = forms.ModelMultipleChoiceField(
        User.objects.none(), label=_("Members"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Team
        fields = (
            "code", "name", "office", "position", "channels", "members", "hands_out", "takes_retention", *TIMES,
            "take_back_percent",
        )  # fmt: skip

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["code"]
        people = changeable_members(by)
        members = self.fields["members"]
        members.queryset = User.objects.filter(pk__in=[person.pk for person in people]).order_by("name")  # type: ignore[attr-defined]
        members.initial = [one.pk for one in people if self.instance in one.teams.all()] if self.instance.pk else []
        self.fields["office"].empty_label = _("None")  # type: ignore[attr-defined]
        for name in TIMES:
            self.fields[name].max_value = MOST_MINUTES  # type: ignore[attr-defined]
            self.fields[name].widget.attrs |= {"min": 0, "max": MOST_MINUTES}
        self.fields["take_back_percent"].widget.attrs |= {"min": 0, "max": 100}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in TIMES:
            if (data.get(name) or 0) > MOST_MINUTES:
                self.add_error(name, _("At most ten hours."))
        return data

    @property
    def changes(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in ("code", "members")}


class SkillForm(forms.ModelForm):
    class Meta:
        model = Skill
        fields = ("code", "name", "name_en", "position")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["code"]
