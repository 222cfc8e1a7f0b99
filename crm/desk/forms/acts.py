"""One form for each act on a case: what it asks, and the one action it performs."""

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.cases import actions
from crm.cases.errors import CaseError, EscalationEnded
from crm.cases.merging import preview_merge
from crm.cases.models import Case, Category, Escalation, Promise
from crm.cases.words import Fate, Outcome, Party, Waiting
from crm.messaging.models import Message
from crm.staff.models import Division, Team, User
from crm.timeline.models import Direction, Interaction

TO_TELL = dt.timedelta(minutes=25)


class FateField(forms.ChoiceField):
    """What became of one open promise; nothing is chosen beforehand."""

    def __init__(self, promise: Promise) -> None:
        self.promise = promise
        super().__init__(label=promise.text, choices=Fate.choices, widget=forms.RadioSelect, required=False)


class SettleRefused(Exception):
    """The answer might have gone, the settling did not: neither is done. `error` says why."""

    def __init__(self, error: CaseError) -> None:
        self.error = error
        super().__init__()


class ActForm(forms.Form):
    """`version` is the case's when the dialog opened: an act on an older picture is refused by the action."""

    template: ClassVar[str] = "desk/acts/plain.html"
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, case: Case, user: User, **kwargs: Any) -> None:
        self.case, self.user = case, user
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = case.version

    def perform(self) -> None:
        raise NotImplementedError

    def extra(self) -> dict[str, Any]:
        """What the dialog shows beside its fields."""
        return {}

    @property
    def seen(self) -> dict[str, Any]:
        return {"case": self.case, "by": self.user, "version": self.cleaned_data["version"]}


class ReasonForm(ActForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3, "autofocus": True})
    )


class AssignForm(ActForm):
    """To a person, to a team, or back to the unassigned: one of them is said, or nothing is done."""

    template = "desk/acts/assign.html"
    assignee = forms.ModelChoiceField(queryset=User.objects.none(), required=False)
    team = forms.ModelChoiceField(queryset=Team.objects.all(), required=False)
    nobody = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = User.objects.filter(is_active=True)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not any(data.get(name) for name in ("assignee", "team", "nobody")):
            self.add_error("assignee", _("Choose a person or a team."))
        return data

    def perform(self) -> None:
        data = self.cleaned_data
        act = partial(actions.assign_case, **self.seen, assignee=data["assignee"], team=data["team"])
        actions.undoably("assign", act, case=self.case, by=self.user)


class EscalateForm(ActForm):
    template = "desk/acts/escalate.html"
    party = forms.ChoiceField(
        label=gettext_lazy("To"),
        choices=[choice for choice in Party.choices if choice[0] != Party.TEAM],
        initial=Party.SUPERVISOR,
        widget=forms.RadioSelect,
    )
    division = forms.ModelChoiceField(
        label=gettext_lazy("Division"), queryset=Division.objects.order_by("name"), required=False
    )
    reason = forms.CharField(
        label=gettext_lazy("What you need from them, and why"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    wanted_by = forms.DateTimeField(
        label=gettext_lazy("Answer wanted by"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["wanted_by"].initial = wanted_before(self.case.due_at, timezone.now())

    def perform(self) -> None:
        data = self.cleaned_data
        division = data["division"] if data["party"] == Party.DIVISION else None
        given = {"reason": data["reason"], "wanted_by": data["wanted_by"]}
        actions.escalate_case(**self.seen, party=data["party"], division=division, **given)


def wanted_before(due_at: dt.datetime | None, now: dt.datetime) -> dt.datetime | None:
    """Early enough before the deadline to tell the customer; nothing is proposed where that time is past."""
    early = due_at - TO_TELL if due_at else None
    return early if early and early > now else None


class AcceptForm(ActForm):
    def perform(self) -> None:
        actions.accept_escalation(escalation=open_escalation(self.case), by=self.user)


class HandBackForm(ReasonForm):
    reason = forms.CharField(
        label=gettext_lazy("What was found, and what remains to be done"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
    )

    def perform(self) -> None:
        actions.hand_back(escalation=open_escalation(self.case), by=self.user, reason=self.cleaned_data["reason"])


class WaitForm(ActForm):
    template = "desk/acts/wait.html"
    waiting_for = forms.ChoiceField(
        label=gettext_lazy("Waiting for"), choices=Waiting.choices, initial=Waiting.CUSTOMER, widget=forms.RadioSelect
    )
    until = forms.DateTimeField(
        label=gettext_lazy("Appointment"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def perform(self) -> None:
        data = self.cleaned_data
        actions.wait_for(**self.seen, waiting_for=data["waiting_for"], until=data["until"])


class ResumeForm(ActForm):
    def perform(self) -> None:
        actions.resume_case(**self.seen)


class SettleForm(ActForm):
    template = "desk/acts/settle.html"
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"),
        choices=[c for c in Outcome.choices if c[0] not in (Outcome.MERGED, Outcome.ARCHIVED)],
        initial=Outcome.SOLVED,
        widget=forms.RadioSelect,
    )
    category = forms.ModelChoiceField(
        label=gettext_lazy("Category"), queryset=Category.objects.all(), required=False, empty_label="–"
    )
    text = forms.CharField(
        label=gettext_lazy("What was done"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].initial = self.case.category_id
        offered = Q(is_active=True) | Q(pk=self.case.category_id)
        self.fields["category"].queryset = Category.objects.filter(offered)  # type: ignore[attr-defined]
        self.open_promises = list(self.case.promises.open())
        self.fields |= {f"fate-{one.pk}": FateField(one) for one in self.open_promises}

    @property
    def fates(self) -> list[forms.BoundField]:
        """An open promise must be answered for."""
        return [self[f"fate-{one.pk}"] for one in self.open_promises]

    def perform(self) -> None:
        actions.undoably("settle", self._settle, case=self.case, by=self.user)

    def settle(self, message: Message) -> Case:
        """After the answer of the same press; what that promised is still to be kept."""
        assert message.interaction is not None  # answers always have one
        just_made = {one.pk: Fate.STAYS for one in message.interaction.promises.open()}
        try:
            return self._settle(just_made, version=None)
        except CaseError as error:
            raise SettleRefused(error) from error

    def _settle(self, just_made: Mapping[int, str] | None = None, **seen: Any) -> Case:
        data = self.cleaned_data
        fates = {one.pk: data[f"fate-{one.pk}"] for one in self.open_promises} | dict(just_made or {})
        if self.add_prefix("category") in self.data and data["category"] != self.case.category:
            actions.edit_case(**self.seen | seen, category=data["category"])
            seen = {"version": None}  # moved by ourselves, in this transaction
        return actions.settle_case(**self.seen | seen, outcome=data["outcome"], text=data["text"], promises=fates)

    def extra(self) -> dict[str, Any]:
        """What the customer was told last, and their last word after it."""
        said = Interaction.objects.filter(in_case__case=self.case, voided_at=None).order_by("at", "pk")
        ours = said.filter(direction=Direction.OUT, by_person=True).last()
        theirs = said.filter(direction=Direction.IN, at__gt=ours.at).last() if ours else None
        return {"told": ours, "their_word": theirs}


class ReopenForm(ReasonForm):
    def perform(self) -> None:
        actions.reopen_case(**self.seen, reason=self.cleaned_data["reason"])


class CancelForm(ReasonForm):
    def perform(self) -> None:
        actions.cancel_case(**self.seen, reason=self.cleaned_data["reason"])


class RejectForm(ReasonForm):
    def perform(self) -> None:
        actions.reject_case(**self.seen, reason=self.cleaned_data["reason"])


def open_escalation(case: Case) -> Escalation:
    """The case's open escalation. Raises EscalationEnded when there is none."""
    found = case.escalations.filter(ended_at__isnull=True).first()
    if found is None:
        raise EscalationEnded
    return found


class OtherCaseForm(ActForm):
    number = forms.CharField(label=gettext_lazy("Number of the other case"), max_length=20)

    def clean_number(self) -> Case:
        found = self.case_numbered(self.cleaned_data["number"])
        if found is None:
            raise forms.ValidationError(_("There is no such case in your sight."), code="unknown")
        return found

    def case_numbered(self, text: str) -> Case | None:
        text = text.strip().lstrip("#")
        sight = Case.objects.visible_to(self.user).with_list_columns()
        return sight.filter(number=int(text)).first() if text.isdecimal() and len(text) < 15 else None

    @property
    def asked(self) -> str:
        """The number that stands in the field, or that a link or a keystroke proposes."""
        return str(self.data.get("number", "") if self.is_bound else self.initial.get("number", ""))


class LinkForm(OtherCaseForm):
    template = "desk/acts/link.html"

    def extra(self) -> dict[str, Any]:
        other = self.case_numbered(self.asked) if self.asked else None
        return {"other": other, "is_unknown": bool(self.asked) and other is None}

    def perform(self) -> None:
        actions.link_cases(case=self.case, other=self.cleaned_data["number"], by=self.user)


class MergeForm(OtherCaseForm):
    template = "desk/acts/merge.html"
    number = forms.CharField(label=gettext_lazy("Merge into case number"), max_length=20)

    def extra(self) -> dict[str, Any]:
        """The nearest of the customer's other cases is proposed; what would become of both stands beside it."""
        others = other_cases(self.case, self.user)
        chosen = next((one for one in others if str(one.number) == self.asked), others[0] if others else None)
        return {"others": others, "preview": preview_merge(self.case, chosen) if chosen else None}

    def perform(self) -> None:
        actions.merge_cases(source=self.case, into=self.cleaned_data["number"], by=self.user)


def other_cases(case: Case, user: User) -> list[Case]:
    """The customer's other running cases: what a merge can go into."""
    running = Case.objects.visible_to(user).live().running().filter(customer=case.customer_id).exclude(pk=case.pk)
    return list(running.by_deadline()[:10])
