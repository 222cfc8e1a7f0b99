"""A draft as a form: fields, rows of promises, steps of the ladder; out come Terms, saved or tried."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from django.forms import BaseFormSet, formset_factory
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.cases.foresight.terms import FIELDS, Terms
from crm.cases.models import Category, SlaPolicy
from crm.cases.words import ClockKind, Kind, Party
from crm.customers.models import Tier
from crm.timeline.models import Channel

HOUR = 3600
ANY = [("", gettext_lazy("any"))]
MOST_SECONDS = 365 * 86_400


class MinutesField(forms.FloatField):
    """Seconds in the database, `per` of them shown as one."""

    def __init__(self, *, per: int = 60, **kwargs: Any) -> None:
        self.per = per
        attrs = {"class": "form-control inl num", "step": "any", "inputmode": "decimal"}
        super().__init__(min_value=0, max_value=MOST_SECONDS / per, widget=forms.NumberInput(attrs=attrs), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            shown = value / self.per
            return int(shown) if shown == int(shown) else round(shown, 4)
        return value

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        return None if cleaned is None else round(cleaned * self.per)


class PolicyDraftForm(forms.ModelForm):
    warn_percents = SimpleArrayField(
        forms.IntegerField(min_value=1, max_value=99),
        label=gettext_lazy("Warn at, percent"),
        help_text=gettext_lazy("Separated by commas."),
    )
    response_risk_seconds = MinutesField(label=gettext_lazy("Amber in the last"))
    resolution_risk_seconds = MinutesField(label=gettext_lazy("Amber in the last"), per=HOUR)
    remind_after_seconds = MinutesField(label=gettext_lazy("Remind a silent customer after"), per=HOUR)
    no_answer_after_seconds = MinutesField(label=gettext_lazy("Propose settling as no answer after"), per=HOUR)
    close_after_seconds = MinutesField(label=gettext_lazy("Close a settled case after"), per=HOUR)
    reopen_minimum_seconds = MinutesField(label=gettext_lazy("A reopened case has at least"), per=HOUR)
    seen = forms.CharField(widget=forms.HiddenInput)

    class Meta:
        model = SlaPolicy
        fields = ("note", *FIELDS)
        labels = {
            "note": gettext_lazy("What changes, and why"),
            "pause_for_customer": gettext_lazy("Pause while we wait for the customer"),
            "pause_for_division": gettext_lazy("Pause while we wait for a division"),
            "pause_for_appointment": gettext_lazy("Pause until an appointment"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["warn_percents"].widget.attrs["class"] = "form-control num"

    def clean_warn_percents(self) -> list[int]:
        return sorted(set(self.cleaned_data["warn_percents"]))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        remind, propose = cleaned.get("remind_after_seconds"), cleaned.get("no_answer_after_seconds")
        if remind is not None and propose is not None and propose < remind:
            self.add_error("no_answer_after_seconds", _("Not before the reminder."))
        return cleaned


class TargetForm(forms.Form):
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), required=False, choices=[*ANY, *Channel.choices])
    category = forms.TypedChoiceField(label=gettext_lazy("Category"), required=False, coerce=int, empty_value=None)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False, choices=[*ANY, *Kind.choices])
    tier = forms.ChoiceField(label=gettext_lazy("Tier"), required=False, choices=[*ANY, *Tier.choices])
    response_seconds = MinutesField(label=gettext_lazy("First reply within, minutes"))
    resolution_seconds = MinutesField(label=gettext_lazy("Settled within, hours"), per=HOUR, required=False)

    def __init__(self, *args: Any, categories: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [*ANY, *categories]  # type: ignore[attr-defined]
        self.fields["resolution_seconds"].widget.attrs["placeholder"] = _("no clock")

    def clean_response_seconds(self) -> int:
        return self._positive("response_seconds")

    def clean_resolution_seconds(self) -> int | None:
        given = self.cleaned_data["resolution_seconds"]
        return None if given is None else self._positive("resolution_seconds")

    def _positive(self, name: str) -> int:
        if self.cleaned_data[name] < 1:
            raise forms.ValidationError(_("More than nothing, please."), code="positive")
        return int(self.cleaned_data[name])

    @property
    def condition(self) -> tuple[Any, ...]:
        return tuple(self.cleaned_data.get(name) or empty for name, empty in CONDITION)


CONDITION = (("channel", ""), ("category", None), ("kind", ""), ("tier", ""))


class StepForm(forms.Form):
    clock = forms.ChoiceField(label=gettext_lazy("Clock"), choices=ClockKind.choices)
    percent = forms.IntegerField(
        label=gettext_lazy("At, percent"),
        min_value=1,
        max_value=1000,
        widget=forms.NumberInput(attrs={"class": "form-control inl num"}),
    )
    party = forms.ChoiceField(
        label=gettext_lazy("Goes to"), choices=[choice for choice in Party.choices if choice[0] != Party.TEAM]
    )


class Rows(BaseFormSet):
    """Rows that are left, without those taken away."""

    def left(self) -> Iterator[Any]:
        return (form for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE"))

    def once(self, key: str, sentence: str) -> None:
        """Of two rows with one key the second is wrong."""
        seen: set[Any] = set()
        for form in self.left():
            found = getattr(form, key) if hasattr(form, key) else tuple(form.cleaned_data[k] for k in key.split())
            if found in seen:
                form.add_error(None, sentence)
            seen.add(found)

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].widget.attrs["class"] = "sr"
        for field in form.fields.values():
            if isinstance(field.widget, forms.Select):
                field.widget.attrs["class"] = "form-select sm"


class TargetRows(Rows):
    def clean(self) -> None:
        if any(self.errors):
            return
        self.once("condition", _("A row with these conditions is there already."))
        if not any(form.condition == ("", None, "", "") for form in self.left()):
            raise forms.ValidationError(
                _("One row without conditions is needed: it holds for everything else."), code="everything_else"
            )


class StepRows(Rows):
    def clean(self) -> None:
        if not any(self.errors):
            self.once("clock percent", _("This clock has a step there already."))


Targets = formset_factory(TargetForm, formset=TargetRows, extra=0, can_delete=True, max_num=200, validate_max=True)
Steps = formset_factory(StepForm, formset=StepRows, extra=0, can_delete=True, max_num=50, validate_max=True)


class DraftForms:
    """The whole of a draft: `form`, `targets` and `steps`, bound to what was posted or filled from the draft."""

    def __init__(self, draft: SlaPolicy, data: QueryDict | None = None) -> None:
        self.draft = draft
        terms = Terms.of(draft)
        rows = [
            {
                "channel": row.channel, "category": row.category_id, "kind": row.kind, "tier": row.tier,
                "response_seconds": row.response_seconds, "resolution_seconds": row.resolution_seconds,
            }
            for row in terms.rows()
        ]  # fmt: skip
        steps = [{"clock": s.clock, "percent": s.percent, "party": s.party} for s in terms.steps()]
        self.form = PolicyDraftForm(data, instance=draft, initial={"seen": draft.stamp})
        kwargs = {"categories": category_choices()}
        self.targets: Any = Targets(data, initial=rows, prefix="targets", form_kwargs=kwargs)
        self.steps: Any = Steps(data, initial=steps, prefix="steps")

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), self.targets.is_valid(), self.steps.is_valid()])

    @property
    def terms(self) -> Terms:
        """Of valid forms."""
        rows = {form.condition: _seconds(form.cleaned_data) for form in self.targets.left()}
        given = [form.cleaned_data for form in self.steps.left()]
        ladder = {(one["clock"], one["percent"]): one["party"] for one in given}
        return Terms({name: self.form.cleaned_data[name] for name in FIELDS}, rows, ladder)

    def wrongs(self) -> list[str]:
        """Every error as a sentence, for where no field stands beside it."""
        forms_ = [self.form, *self.targets.forms, *self.steps.forms]
        said = [f"{_label(form, name)}: {error}" for form in forms_ for name, errors in form.errors.items()
                for error in errors]  # fmt: skip
        return [*said, *map(str, self.targets.non_form_errors()), *map(str, self.steps.non_form_errors())]


def _seconds(given: dict[str, Any]) -> tuple[int, int | None]:
    return given["response_seconds"], given["resolution_seconds"]


def _label(form: Any, name: str) -> str:
    return str(form.fields[name].label or name) if name in form.fields else _("Row")


def category_choices() -> list[tuple[int, str]]:
    """The tree as a list, children indented beneath their parents; resting ones are marked."""
    found = list(Category.objects.all())
    children: dict[int | None, list[Category]] = {}
    for one in found:
        children.setdefault(one.parent_id, []).append(one)

    def beneath(parent: int | None, depth: int) -> Iterator[tuple[int, str]]:
        for one in children.get(parent, []):
            yield one.pk, "\u2003" * depth + (str(one) if one.is_active else _("%(name)s (resting)") % {"name": one})
            yield from beneath(one.pk, depth + 1)

    return list(beneath(None, 0))
