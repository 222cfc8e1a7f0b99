"""What a bulk action asks: one form an act, which says the job's params."""

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.choices import CallableChoiceIterator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.cases.models import Category, Problem
from crm.cases.words import Outcome, Party, Priority, Waiting
from crm.desk.forms.edit import TagsField
from crm.desk.forms.problems import listed_problems, problem_said
from crm.desk.load import WORKERS, everybody
from crm.staff.models import Division, Team, User

NOBODY = "none"
QUICK = (("20", gettext_lazy("20 minutes")), ("60", gettext_lazy("1 hour")), ("240", gettext_lazy("4 hours")))


class Cards(forms.ChoiceField):
    """Choices as cards, so many beside each other."""

    widget = forms.RadioSelect

    def __init__(self, *, as_cards: int = 2, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.as_cards = as_cards


class BulkForm(forms.Form):
    """`numbers`: the cases that were ticked; `all`: everything the search finds. `key`: one press, one job."""

    numbers = forms.CharField(required=False, widget=forms.HiddenInput)
    all = forms.BooleanField(required=False, widget=forms.HiddenInput)
    key = forms.CharField(max_length=32, widget=forms.HiddenInput, initial=lambda: uuid.uuid4().hex)

    template: ClassVar[str] = "desk/bulk/fields.html"
    sends_by_choice: ClassVar[bool] = False  # what is chosen is a button: there is no other to press

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def extra(self, query: str) -> dict[str, Any]:
        """What the dialog shows beside its fields. `query`: what is looked for in it."""
        return {}

    def params(self) -> dict[str, Any]:
        raise NotImplementedError


def _who() -> Iterator[tuple[str, Any]]:
    """Somebody, a team, or nobody."""
    yield NOBODY, _("Back to the unassigned")
    people = User.objects.filter(is_active=True, role__in=WORKERS).order_by("name").values_list("pk", "name")
    yield _("Teams"), [(f"team-{pk}", name) for pk, name in Team.objects.values_list("pk", "name")]
    yield _("People"), [(f"user-{pk}", name) for pk, name in people]


class AssignForm(BulkForm):
    template, sends_by_choice = "desk/bulk/who.html", True
    to = forms.ChoiceField(
        label=gettext_lazy("To"), choices=CallableChoiceIterator(_who),
        error_messages={"required": gettext_lazy("Choose a person or a team.")},
    )  # fmt: skip

    def extra(self, query: str) -> dict[str, Any]:
        return everybody(query) | {"q": query}

    def params(self) -> dict[str, Any]:
        what, _dash, pk = self.cleaned_data["to"].partition("-")
        return {"assignee": int(pk) if what == "user" else None, "team": int(pk) if what == "team" else None}


class SettleForm(BulkForm):
    outcome = Cards(
        label=gettext_lazy("Outcome"),
        choices=[c for c in Outcome.choices if c[0] not in (Outcome.MERGED, Outcome.ARCHIVED)],
        initial=Outcome.SOLVED,
    )
    text = forms.CharField(
        label=gettext_lazy("What was done"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def params(self) -> dict[str, Any]:
        return {"outcome": self.cleaned_data["outcome"], "text": self.cleaned_data["text"]}


class WaitForm(BulkForm):
    waiting_for = Cards(
        label=gettext_lazy("Waiting for"),
        choices=[c for c in Waiting.choices if c[0] != Waiting.APPOINTMENT],
        initial=Waiting.CUSTOMER,
    )

    def params(self) -> dict[str, Any]:
        return {"waiting_for": self.cleaned_data["waiting_for"]}


class SnoozeForm(BulkForm):
    how_long = Cards(label=gettext_lazy("For how long"), required=False, choices=QUICK, initial=QUICK[0][0], as_cards=3)
    until = forms.DateTimeField(
        label=gettext_lazy("Or until"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=gettext_lazy("A case whose deadline comes earlier is passed over."),
    )

    def clean_until(self) -> dt.datetime:
        now, until = timezone.now(), self.cleaned_data["until"]
        if until is not None and until <= now:
            raise forms.ValidationError(_("Choose a time that is still to come."), code="past")
        return until or now + dt.timedelta(minutes=int(self.cleaned_data.get("how_long") or QUICK[0][0]))

    def params(self) -> dict[str, Any]:
        return {"until": self.cleaned_data["until"].isoformat()}


class TagForm(BulkForm):
    add = TagsField(label=gettext_lazy("Add"), required=False, help_text=gettext_lazy("Separated by commas."))
    remove = TagsField(label=gettext_lazy("Take away"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("add") and not data.get("remove"):
            raise forms.ValidationError(_("Name at least one tag."), code="empty")
        return data

    def params(self) -> dict[str, Any]:
        return {"add": self.cleaned_data["add"], "remove": self.cleaned_data["remove"]}


class EditForm(BulkForm):
    priority = forms.ChoiceField(
        label=gettext_lazy("Priority"), required=False, choices=[("", gettext_lazy("As it is")), *Priority.choices]
    )
    category = forms.ModelChoiceField(
        label=gettext_lazy("Category"),
        required=False,
        queryset=Category.objects.filter(is_active=True),
        empty_label=gettext_lazy("As it is"),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("priority") and not data.get("category"):
            raise forms.ValidationError(_("Choose what is to change."), code="empty")
        return data

    def params(self) -> dict[str, Any]:
        found = {"priority": self.cleaned_data["priority"]} if self.cleaned_data["priority"] else {}
        category = self.cleaned_data["category"]
        return found | ({"category": category.pk} if category else {})


class EscalateForm(BulkForm):
    party = Cards(
        label=gettext_lazy("To"), choices=[c for c in Party.choices if c[0] != Party.TEAM], initial=Party.SUPERVISOR,
        as_cards=3,
    )  # fmt: skip
    division = forms.ModelChoiceField(
        label=gettext_lazy("Division"), queryset=Division.objects.order_by("name"), required=False
    )
    reason = forms.CharField(
        label=gettext_lazy("What you need from them, and why"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("party") == Party.DIVISION and not data.get("division"):
            self.add_error("division", _("Say which division."))
        return data

    def params(self) -> dict[str, Any]:
        data = self.cleaned_data
        division = data["division"].pk if data["party"] == Party.DIVISION else None
        return {"party": data["party"], "division": division, "reason": data["reason"]}


class HangForm(BulkForm):
    problem = Cards(label=gettext_lazy("Open problems"), required=False, as_cards=1)
    number = forms.CharField(
        label=gettext_lazy("Or its number"), required=False, max_length=20,
        widget=forms.TextInput(attrs={"placeholder": "P-112"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = listed_problems(self.user)
        self.fields["problem"].choices = [(str(one.number), _named(one)) for one in found]  # type: ignore[attr-defined]
        if not found:
            del self.fields["problem"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        said = data.get("number") or data.get("problem") or ""
        data["chosen"] = problem_said(said, self.user)
        if not self.errors and data["chosen"] is None:
            self.add_error(
                "number", _("There is no open problem with this number.") if said else _("Choose a problem.")
            )
        return data

    def params(self) -> dict[str, Any]:
        return {"problem": self.cleaned_data["chosen"].pk}


def _named(problem: Problem) -> str:
    """Number, what is wrong, where."""
    return f"{problem} {problem.title}" + (f" · {problem.place}" if problem.place else "")


FORMS: dict[str, type[BulkForm]] = {
    "assign": AssignForm,
    "settle": SettleForm,
    "wait": WaitForm,
    "snooze": SnoozeForm,
    "tag": TagForm,
    "edit": EditForm,
    "escalate": EscalateForm,
    "problem": HangForm,
}
