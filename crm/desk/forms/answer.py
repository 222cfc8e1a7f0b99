from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _

from crm.cases import actions
from crm.cases.models import Case
from crm.desk.canned.fields import fields_in
from crm.desk.composer import Road
from crm.desk.drafts import draft_of
from crm.desk.files import draft_files
from crm.desk.following import write_note
from crm.desk.forms.acts import SettleForm
from crm.desk.models import Way
from crm.desk.promises import keep_what_was_promised
from crm.messaging.models import Message
from crm.staff.models import User
from crm.timeline.models import Attachment


class AnswerForm(forms.Form):
    """What was written in the composer. A note goes to colleagues, everything else to the customer."""

    way = forms.ChoiceField(choices=Way.choices)
    road = forms.CharField(required=False)
    text = forms.CharField(max_length=20_000, strip=False)
    subject = forms.CharField(required=False, max_length=250)
    override_reason = forms.CharField(required=False, max_length=1000)
    seen = forms.IntegerField(required=False)
    key = forms.CharField(required=False, max_length=64)
    anyway = forms.IntegerField(required=False)
    then = forms.ChoiceField(required=False, choices=[("", ""), ("wait", ""), ("settle", "")])
    attached = forms.ModelMultipleChoiceField(queryset=Attachment.objects.none(), required=False)

    def __init__(self, *args: Any, case: Case, user: User, roads: list[Road], **kwargs: Any) -> None:
        self.case, self.user, self.roads = case, user, roads
        super().__init__(*args, **kwargs)
        self.fields["text"].error_messages["required"] = _("Write something first.")
        self.fields["attached"].queryset = draft_files(user, case)  # type: ignore[attr-defined]
        self.fields["attached"].error_messages["invalid_choice"] = _(
            "A file is not there any more. Look again and send."
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("way") != Way.NOTE and self.chosen_road is None:
            self.add_error("road", _("Choose how the answer reaches the customer."))
        if data.get("way") != Way.NOTE and (open_fields := fields_in(data.get("text") or "")):
            names = ", ".join(f"{{{name}}}" for name in open_fields)
            self.add_error("text", _("Fill in %(fields)s first, or take it out.") % {"fields": names})
        return data

    def clean_attached(self) -> list[Attachment]:
        """Nothing leaves unscanned, and nothing that holds malware."""
        files = [] if self.cleaned_data.get("way") == Way.NOTE else list(self.cleaned_data["attached"])
        for one in files:
            if one.state == Attachment.State.PENDING:
                raise forms.ValidationError(
                    _("%(name)s is still being scanned. Send in a moment.") % {"name": one.name}
                )
            if not one.is_servable:
                raise forms.ValidationError(_("%(name)s cannot be sent. Remove it.") % {"name": one.name})
        return files

    @property
    def is_note(self) -> bool:
        return self.cleaned_data["way"] == Way.NOTE

    @property
    def chosen_road(self) -> Road | None:
        wanted = self.cleaned_data.get("road") or ""
        return next((road for road in self.roads if road.value == wanted), None)

    @property
    def had_seen(self) -> int:
        """The newest contact that the writer had before them, or was shown and decided to write past."""
        given = (self.data.get(name, "") for name in ("seen", "anyway"))
        return max((int(one) for one in given if one.isdecimal()), default=0)

    def write_note(self) -> None:
        write_note(case=self.case, text=self.cleaned_data["text"], by=self.user, key=self.cleaned_data["key"])

    @transaction.atomic
    def send(self, *, override_reason: str, settle: SettleForm | None = None) -> Message:
        """The answer, the promise that was confirmed in its draft, and what is done in the same press."""
        answer = self._answer() | {"override_reason": override_reason}
        if settle is not None:
            return actions.answer_and("settle", partial(self._promise_and, settle.settle), **answer)
        if self.cleaned_data["then"] == "wait":
            return actions.answer_and("wait", partial(self._promise_and, self._wait), **answer)
        message = actions.answer_case(**answer)
        self._promise(message)
        return message

    def _promise(self, message: Message) -> None:
        keep_what_was_promised(message, draft_of(self.user, self.case), case=self.case, by=self.user)

    def _promise_and(self, act: Callable[[Message], Case], message: Message) -> Case:
        self._promise(message)
        return act(message)

    def _wait(self, message: Message) -> Case:
        """For the customer's answer; ours is the evidence."""
        return actions.wait_for(case=self.case, waiting_for="customer", by=self.user, evidence=message.interaction)

    def _answer(self) -> dict[str, Any]:
        data, road = self.cleaned_data, self.chosen_road
        assert road is not None  # clean() has seen to it
        return {
            "case": self.case,
            "text": data["text"],
            "by": self.user,
            "channel": road.channel,
            "is_public": data["way"] == Way.PUBLIC,
            "recipient": road.recipient,
            "subject": data["subject"],
            "key": data["key"],
            "files": [one.pk for one in data["attached"]],
            "seen": self.had_seen,
            "takes": True,
        }
