"""Forms of the room of problems."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.cases import actions
from crm.cases.models import Case, Category, Gathering, Problem
from crm.cases.models.problem import ProblemQuerySet
from crm.cases.telling import FIELDS, unknown_fields
from crm.desk.forms.acts import ActForm
from crm.staff.models import Division, Role, User

MOST_TEXT = 4000
LISTED = 8  # problems to choose from; any other has its number


class ProblemForm(forms.Form):
    """What is wrong, where, since when, whose it is."""

    title = forms.CharField(label=gettext_lazy("What is wrong"), max_length=160)
    place = forms.CharField(
        label=gettext_lazy("Where"), required=False, max_length=80,
        help_text=gettext_lazy("A district, a street, a cell."),
    )  # fmt: skip
    category = forms.ModelChoiceField(
        label=gettext_lazy("Category"), required=False, queryset=Category.objects.filter(is_active=True),
        empty_label=gettext_lazy("None"),
    )  # fmt: skip
    since = forms.DateTimeField(
        label=gettext_lazy("Since"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    division = forms.ModelChoiceField(
        label=gettext_lazy("Division"), required=False, queryset=Division.objects.order_by("name"),
        empty_label=gettext_lazy("None"), help_text=gettext_lazy("Its people read this problem."),
    )  # fmt: skip
    owner = forms.ModelChoiceField(label=gettext_lazy("Owner"), queryset=User.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owners = User.objects.filter(is_active=True, role__in=[Role.SUPERVISOR, Role.QUALITY]).order_by("name")
        self.fields["owner"].queryset = owners  # type: ignore[attr-defined]


class NoteForm(forms.Form):
    text = forms.CharField(label=gettext_lazy("Note"), max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 2}))


class TellForm(forms.Form):
    """One message to all. Its fields are filled for each customer."""

    text = forms.CharField(
        label=gettext_lazy("Message to the customers"), max_length=MOST_TEXT, strip=False,
        widget=forms.Textarea(attrs={"rows": 7, "autofocus": True}),
    )  # fmt: skip
    key = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if wrong := unknown_fields(text):
            known = ", ".join(f"{{{name}}}" for name in FIELDS)
            raise forms.ValidationError(
                _("There is no field %(wrong)s. Use %(known)s.")
                % {"wrong": ", ".join(f"{{{one}}}" for one in wrong), "known": known},
                code="field",
            )
        return text


class SolveForm(TellForm):
    solution = forms.CharField(
        label=gettext_lazy("What was wrong, and what was done"), max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Stays in the house: in each case's settlement."),
    )  # fmt: skip
    field_order = ("solution", "text")


class GatheringForm(forms.ModelForm):
    class Meta:
        model = Gathering
        fields = ("cases", "hours", "times_usual", "repeats", "repeat_days", "remembered_days")
        labels = {
            "cases": gettext_lazy("Customers with similar cases"),
            "hours": gettext_lazy("Within hours"),
            "times_usual": gettext_lazy("Times what is usual there"),
            "repeats": gettext_lazy("Complaints of one customer about one thing"),
            "repeat_days": gettext_lazy("Within days"),
            "remembered_days": gettext_lazy("A “no” is remembered for days"),
        }
        help_texts = {"cases": "", "times_usual": gettext_lazy("0: whatever is usual."), "repeats": "",
                      "remembered_days": ""}  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        least = {"cases": 2, "hours": 1, "times_usual": 0, "repeats": 2, "repeat_days": 1, "remembered_days": 0}
        most = {"hours": 72, "repeat_days": 365, "remembered_days": 365}
        for name, number in least.items():
            field = self.fields[name]
            field.min_value, field.max_value = number, most.get(name, 1000)  # type: ignore[attr-defined]
            field.widget.attrs |= {"min": number, "max": most.get(name, 1000)}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, field in self.fields.items():
            if name in data and not field.min_value <= data[name] <= field.max_value:  # type: ignore[attr-defined]
                self.add_error(name, _("From %(least)s to %(most)s.") % {
                    "least": field.min_value, "most": field.max_value,  # type: ignore[attr-defined]
                })  # fmt: skip
        return data


class LinkedProblemForm(ActForm):
    """On which problem a case hangs: one of those shown, another by its number, or none."""

    template = "desk/acts/problem.html"
    chosen = forms.CharField(label=gettext_lazy("Problem"), required=False, max_length=20)
    number = forms.CharField(
        label=gettext_lazy("Or its number"), required=False, max_length=20,
        widget=forms.TextInput(attrs={"placeholder": "P-112"}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        said = (data.get("number") or data.get("chosen") or "").strip().upper()
        data["problem"] = None if said == "NONE" else problem_said(said, self.user)
        if not said:
            self.add_error("number", _("Choose a problem."))
        elif said != "NONE" and data["problem"] is None:
            self.add_error("number", _("There is no open problem with this number."))
        return data

    def perform(self) -> None:
        problem = self.cleaned_data["problem"]
        if problem is None:
            actions.take_off(case=self.case, by=self.user)
        else:
            actions.hang_case(problem=problem, case=self.case, by=self.user)

    def extra(self) -> dict[str, Any]:
        return {"known": near(self.case, self.user)}


def problem_said(said: str, user: User) -> Problem | None:
    """The open problem of this number, however it is written: P-112, p-112, 112."""
    number = said.strip().upper().removeprefix("P-")
    if not number.isdecimal() or len(number) > 15:
        return None
    found: Problem | None = _open_to(user).filter(number=int(number)).first()
    return found


def listed_problems(user: User) -> list[Problem]:
    """Open ones, the newest first; any other has its number."""
    return list(_open_to(user).order_by("-opened_at")[:LISTED])


def _open_to(user: User) -> ProblemQuerySet:
    return Problem.objects.visible_to(user).filter(state=Problem.State.OPEN)


def near(case: Case, user: User) -> list[Problem]:
    """Open problems, those of the case's place or category first."""
    found = _open_to(user).select_related("category")
    place, category = (case.place or case.customer.city).strip(), case.category
    alike = Q(place__iexact=place) if place else Q(pk=None)
    if category is not None:
        alike |= Q(category=category) | Q(category=category.parent_id or 0) | Q(category__parent=category)
    first = list(found.filter(alike).order_by("-opened_at")[:6])
    return first + list(found.exclude(pk__in=[one.pk for one in first]).order_by("-opened_at")[: LISTED - len(first)])
