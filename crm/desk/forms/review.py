"""What a supervisor writes about a breach, and what is asked and answered around it."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.cases.actions.reviewing import Action
from crm.cases.models import Breach, Cause, ReviewRule
from crm.lib.days import DayField
from crm.staff.models import User

NO, YES = "no", "yes"
LONGEST = 4000


def _text(label: Any, rows: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": rows}), **more)


def date_input() -> forms.DateInput:
    return forms.DateInput({"type": "date"}, format="%Y-%m-%d")


def still_to_come(day: dt.date | None) -> dt.date | None:
    if day and day < timezone.localdate():
        raise forms.ValidationError(_("This day has passed. Choose one that is still to come."))
    return day


class Causes(forms.ModelChoiceField):
    def label_from_instance(self, cause: Any) -> str:
        return f"{cause.code} {cause}"


class Colleagues(forms.ModelChoiceField):
    """Anybody who works here, division staff too."""

    def __init__(self, **fields: Any) -> None:
        working = User.objects.filter(is_active=True).select_related("team", "division")
        super().__init__(queryset=working.order_by("name", "pk"), **fields)

    def label_from_instance(self, user: Any) -> str:
        place = user.division or user.team or user.get_role_display()
        return f"{user.name}, {place}"


class ReviewForm(forms.Form):
    cause = _text(gettext_lazy("What happened"), 4)
    cause_code = Causes(label=gettext_lazy("Cause"), queryset=Cause.objects.none(), empty_label=gettext_lazy("Choose"))
    excusable = forms.ChoiceField(
        label=gettext_lazy("Excusable"), initial=NO, widget=forms.RadioSelect,
        choices=[(YES, gettext_lazy("Yes")), (NO, gettext_lazy("No"))],
    )  # fmt: skip
    excuse = _text(gettext_lazy("Why it is excusable"), 2, required=False)
    prevention = _text(gettext_lazy("Corrective action"), 4, required=False)
    action_owner = Colleagues(label=gettext_lazy("Who does it"), required=False, empty_label=gettext_lazy("Choose"))
    action_due_on = DayField(label=gettext_lazy("Done by"), required=False, widget=date_input())

    def __init__(self, data: Any = None, *, breach: Breach, user: User, **more: Any) -> None:
        super().__init__(data, initial=kept_fields(breach, user), **more)
        known = Q(is_active=True) | Q(pk=breach.cause_code_id)
        self.fields["cause_code"].queryset = Cause.objects.filter(known)  # type: ignore[attr-defined]

    def clean_action_due_on(self) -> dt.date | None:
        return still_to_come(self.cleaned_data["action_due_on"])

    def as_review(self) -> dict[str, Any]:
        """The arguments of review_breach."""
        given = self.cleaned_data
        action = Action(given["prevention"], given["action_owner"], given["action_due_on"])
        named = {name: given[name] for name in ("cause", "excuse")}
        return named | {"code": given["cause_code"], "excusable": given["excusable"] == YES, "action": action}


DRAFTED = tuple(ReviewForm.base_fields)
UNTOUCHED = {"excusable": NO}


def typed(data: Any) -> dict[str, str]:
    """What of a posted form is worth keeping: nothing, when all stands as it came."""
    fields = {name: str(data.get(name, ""))[:LONGEST] for name in DRAFTED}
    return fields if any(value != UNTOUCHED.get(name, "") for name, value in fields.items()) else {}


def kept_fields(breach: Breach, user: User) -> dict[str, Any]:
    """This person's draft; without one, a review that was sent back."""
    draft = breach.drafts.filter(by=user).first() if breach.reviewed_at is None else None
    if draft is not None:
        return dict(draft.fields)
    excusable = YES if breach.excusable else NO
    names = ("cause", "cause_code", "excuse", "prevention", "action_owner", "action_due_on")
    return {name: getattr(breach, name) for name in names} | {"excusable": excusable}


class SendBackForm(forms.Form):
    question = _text(gettext_lazy("What is missing or unclear?"), 4)


class AskForm(forms.Form):
    to = Colleagues(label=gettext_lazy("Whom"), empty_label=None)
    text = _text(gettext_lazy("Question"), 4)

    def __init__(self, data: Any = None, *, breach: Breach, **more: Any) -> None:
        proposed = _("What happened from your side, and what kept you from answering in time?")
        super().__init__(data, initial={"text": proposed, "to": breach.holder_id}, **more)
        people = self.fields["to"]
        involved = set(breach.case.holdings.exclude(user=None).values_list("user", flat=True)) | {breach.holder_id}
        steps = breach.case.escalations.exclude(accepted_by=None).values_list("accepted_by", flat=True)
        chosen = people.queryset.filter(pk__in=involved | set(steps))  # type: ignore[attr-defined]
        if not chosen.exists():  # nobody has had it: anybody of the team that should have
            chosen = people.queryset.filter(teams=breach.team_id)  # type: ignore[attr-defined]
        people.queryset = chosen.distinct()  # type: ignore[attr-defined]


class AccountForm(forms.Form):
    text = _text(gettext_lazy("Your account of it"), 6)


class DoneForm(forms.Form):
    note = _text(gettext_lazy("What was done"), 4)


class MoveForm(forms.Form):
    owner = Colleagues(label=gettext_lazy("Who does it"), empty_label=None)
    due_on = DayField(label=gettext_lazy("Done by"), widget=date_input())

    def clean_due_on(self) -> dt.date | None:
        return still_to_come(self.cleaned_data["due_on"])


class CauseForm(forms.ModelForm):
    class Meta:
        model = Cause
        fields = ["code", "name", "name_en"]


class RenameForm(forms.ModelForm):
    """A code is what reports and exports name: it stays."""

    class Meta:
        model = Cause
        fields = ["name", "name_en"]


class DaysForm(forms.ModelForm):
    class Meta:
        model = ReviewRule
        fields = ["days"]

    days = forms.IntegerField(label=gettext_lazy("Days for a review"), min_value=1, max_value=60)
