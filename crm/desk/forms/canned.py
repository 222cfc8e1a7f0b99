from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.desk.models import CannedReply
from crm.desk.models.canned import CannedReplyQuerySet
from crm.desk.models.view import Sharing
from crm.staff.access import may
from crm.staff.models import Language, Role, Team, User


class CannedForm(forms.ModelForm):
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)

    class Meta:
        model = CannedReply
        fields = ("title", "shortcut", "language", "sharing", "team", "text")
        labels = {
            "title": _("Title"), "shortcut": _("Shortcut"), "sharing": _("For"), "team": _("Team"), "text": _("Text"),
        }  # fmt: skip
        help_texts = {
            "shortcut": _("Typed after the slash: letters, digits, hyphens."),
            "text": _("A field in braces, like {date}, must be filled in before the answer leaves."),
        }
        widgets = {"text": forms.Textarea(attrs={"rows": 8})}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sharing"].choices = circles(user)  # type: ignore[attr-defined]
        teams = Team.objects.all() if user.role == Role.ADMINISTRATOR else Team.objects.filter(pk__in=user.team_ids)
        self.fields["team"].queryset = teams.order_by("name")  # type: ignore[attr-defined]
        self.fields["team"].empty_label = _("None")  # type: ignore[attr-defined]
        if not may(user, "canned.share"):
            del self.fields["team"]

    def clean_shortcut(self) -> str:
        return str(self.cleaned_data["shortcut"]).lower()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("sharing") == Sharing.TEAM and not data.get("team"):
            self.add_error("team", _("Choose the team."))
        return data

    def _get_validation_exclusions(self) -> set[str]:
        """keep_reply sets the owner, and the database judges the circle with it."""
        return super()._get_validation_exclusions() | {"sharing", "team", "owner"}  # type: ignore[misc]


def circles(user: User) -> list[tuple[str, Any]]:
    """For whom this user may write a text."""
    own = [(Sharing.OWN.value, Sharing.OWN.label)] if may(user, "canned.own") else []
    shared = [(one.value, one.label) for one in (Sharing.TEAM, Sharing.ALL)] if may(user, "canned.share") else []
    return own + shared


class CannedFilter(forms.Form):
    q = forms.CharField(label=_("Shortcut, title or words"), required=False, max_length=80)
    sharing = forms.ChoiceField(label=_("For"), required=False, choices=[("", _("Any")), *Sharing.choices])
    language = forms.ChoiceField(label=_("Language"), required=False, choices=[("", _("Any")), *Language.choices])
    off = forms.BooleanField(label=_("Switched off ones too"), required=False)

    def narrow(self, replies: CannedReplyQuerySet) -> CannedReplyQuerySet:
        """What cannot be read is left out; the rest still counts."""
        self.is_valid()
        given = self.cleaned_data
        replies = replies.matching(given.get("q") or "")
        for name in ("sharing", "language"):
            if given.get(name):
                replies = replies.filter(**{name: given[name]})
        return replies if given.get("off") else replies.active()
