"""One form for each act on a case: what it asks, and the one action it performs."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.cases import actions
from crm.cases.errors import EscalationEnded
from crm.cases.models import Case, Escalation
from crm.cases.words import Outcome, Party, Waiting
from crm.staff.models import Division, Team, User


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
    """To a person, to a team, or back to the unassigned."""

    template = "desk/acts/assign.html"
    assignee = forms.ModelChoiceField(queryset=User.objects.none(), required=False)
    team = forms.ModelChoiceField(queryset=Team.objects.all(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = User.objects.filter(is_active=True)  # type: ignore[attr-defined]

    def perform(self) -> None:
        data = self.cleaned_data
        actions.assign_case(**self.seen, assignee=data["assignee"], team=data["team"])


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

    def perform(self) -> None:
        data = self.cleaned_data
        division = data["division"] if data["party"] == Party.DIVISION else None
        actions.escalate_case(**self.seen, party=data["party"], division=division, reason=data["reason"])


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
    text = forms.CharField(
        label=gettext_lazy("What was done"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def perform(self) -> None:
        data = self.cleaned_data
        actions.settle_case(**self.seen, outcome=data["outcome"], text=data["text"])


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
        text = self.cleaned_data["number"].strip().lstrip("#")
        found = Case.objects.visible_to(self.user).filter(number=int(text)).first() if text.isdecimal() else None
        if found is None:
            raise forms.ValidationError(_("There is no such case in your sight."), code="unknown")
        return found


class LinkForm(OtherCaseForm):
    def perform(self) -> None:
        actions.link_cases(case=self.case, other=self.cleaned_data["number"], by=self.user)


class MergeForm(OtherCaseForm):
    template = "desk/acts/merge.html"
    number = forms.CharField(label=gettext_lazy("Merge into case number"), max_length=20)

    def extra(self) -> dict[str, Any]:
        return {"others": other_cases(self.case, self.user)}

    def perform(self) -> None:
        actions.merge_cases(source=self.case, into=self.cleaned_data["number"], by=self.user)


def other_cases(case: Case, user: User) -> list[Case]:
    """The customer's other running cases: what a merge can go into."""
    running = Case.objects.visible_to(user).live().running().filter(customer=case.customer_id).exclude(pk=case.pk)
    return list(running.by_deadline()[:10])
