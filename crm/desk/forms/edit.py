from collections import Counter
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.cases import actions
from crm.cases.models import Case, Category, SlaPolicy
from crm.cases.words import Kind, Priority
from crm.desk.forms.acts import ActForm
from crm.staff.models import User

MOST_TAGS = 10
SHOWN_TAGS = 12
LOOKED_AT = 500  # cases read for the tags that are in use


class TagsField(forms.CharField):
    """'roaming, haji' <-> ['roaming', 'haji']."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        words = [word.strip().lower() for word in super().clean(value).split(",")]
        tags = list(dict.fromkeys(word for word in words if word))
        if len(tags) > MOST_TAGS or any(len(tag) > 40 for tag in tags):
            raise forms.ValidationError(_("At most 10 tags of 40 letters."), code="tags")
        return tags


class EditForm(ActForm):
    subject = forms.CharField(label=_("Subject"), required=False, max_length=250)
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)
    category = forms.ModelChoiceField(
        label=_("Category"), required=False, queryset=Category.objects.filter(is_active=True), empty_label=_("None")
    )
    place = forms.CharField(
        label=_("Where"), required=False, max_length=80, help_text=_("A district, a street, a cell.")
    )
    priority = forms.ChoiceField(label=_("Priority"), choices=Priority.choices)
    tags = TagsField(label=_("Tags"), required=False, help_text=_("Separated by commas."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("subject", "kind", "category", "place", "priority", "tags"):
            self.fields[name].initial = getattr(self.case, name)

    def perform(self) -> None:
        changes = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        actions.edit_case(**self.seen, **changes)


class TagsForm(ActForm):
    """Tags alone, with those that are used most to choose from."""

    template = "desk/acts/tags.html"
    tags = TagsField(
        label=_("Tags"),
        required=False,
        help_text=_("Separated by commas."),
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tags"].initial = self.case.tags

    def extra(self) -> dict[str, Any]:
        return {"used": [tag for tag in used_tags(self.user) if tag not in self.case.tags]}

    def perform(self) -> None:
        actions.edit_case(**self.seen, tags=self.cleaned_data["tags"])


def used_tags(user: User) -> list[str]:
    """The commonest of the newest running cases in this user's sight."""
    newest = Case.objects.live().running().in_rooms_of(user).exclude(tags=[]).newest_first()[:LOOKED_AT]
    found = Counter(tag for tags in newest.values_list("tags", flat=True) for tag in tags)
    return [tag for tag, _times in found.most_common(SHOWN_TAGS)]


class PolicyForm(ActForm):
    """A promise moves only on purpose: a supervisor applies another published version."""

    policy = forms.ModelChoiceField(
        label=_("SLA policy"),
        queryset=SlaPolicy.objects.filter(published_at__isnull=False).order_by("-version"),
        help_text=_("A deadline is never brought forward: only longer promises are taken over."),
    )

    def perform(self) -> None:
        actions.apply_policy(case=self.case, policy=self.cleaned_data["policy"], by=self.user)
