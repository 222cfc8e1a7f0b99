"""What narrows a queue: each field is a word of the desk's address, so that any search is a link."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.choices import CallableChoiceIterator
from django.utils.translation import gettext_lazy as _

from crm.cases.models import Category
from crm.cases.queries import CaseQuerySet
from crm.cases.words import Kind, Priority, State
from crm.customers.models import ContactPoint, Tier
from crm.desk.orders import ORDERS
from crm.lib.days import DayField
from crm.staff.models import Team, User
from crm.timeline.models import Channel

ANY = ("", _("Any"))
ME, NOBODY = "me", "none"
DUE = {"15": _("15 min"), "60": _("60 min")}  # minutes until the deadline
EQUAL = ("kind", "channel", "team", "priority", "state", "tier")  # field of the form = column of the case


class IdField(forms.ModelChoiceField):
    """Takes the id as it is: narrowing by one that is not there finds nothing, and costs no query."""

    def clean(self, value: Any) -> Any:
        return int(value) if str(value or "").isdecimal() else None


class AssigneeField(forms.CharField):
    """Me, nobody, or somebody's id. People are looked up only where the choice is shown."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Select, **kwargs)
        self.widget.choices = CallableChoiceIterator(_people)

    def clean(self, value: Any) -> str:
        text = str(value or "")
        return text if text in (ME, NOBODY) or text.isdecimal() else ""


def _people() -> Iterator[tuple[str, Any]]:
    yield from (ANY, (ME, _("Me")), (NOBODY, _("Nobody")))
    for pk, name in User.objects.filter(is_active=True).order_by("name").values_list("pk", "name"):
        yield str(pk), name


def _day(**kwargs: Any) -> DayField:
    return DayField(required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


class FilterForm(forms.Form):
    """Narrows a queue. What cannot be read is named and left out; the rest still counts."""

    q = forms.CharField(label=_("Number, name or handle"), required=False, max_length=100)
    sort = forms.ChoiceField(
        label=_("Order"), required=False, choices=[("" if o.slug == "due" else o.slug, o.name) for o in ORDERS.values()]
    )
    assignee = AssigneeField(label=_("Agent"), required=False)
    team = IdField(label=_("Team"), required=False, queryset=Team.objects.all(), empty_label=ANY[1])
    state = forms.ChoiceField(label=_("State"), required=False, choices=[ANY, *State.choices])
    priority = forms.ChoiceField(label=_("Priority"), required=False, choices=[ANY, *Priority.choices])
    tier = forms.ChoiceField(label=_("Tier"), required=False, choices=[ANY, *Tier.choices])
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[ANY, *Kind.choices])
    category = IdField(
        label=_("Category"), required=False, queryset=Category.objects.filter(is_active=True), empty_label=ANY[1]
    )
    channel = forms.ChoiceField(label=_("Channel"), required=False, choices=[ANY, *Channel.choices])
    tag = forms.CharField(label=_("Tag"), required=False, max_length=40)
    since = _day(label=_("Opened from"))
    until = _day(label=_("Opened to"))
    settled = _day(label=_("Settled from"))
    due = forms.ChoiceField(label=_("Due within"), required=False, choices=[ANY, *DUE.items()])
    followed = forms.BooleanField(label=_("Only those I follow"), required=False)

    def __init__(self, data: Mapping[str, Any], *, user: User | None = None, at: dt.datetime | None = None) -> None:
        super().__init__(data)
        self.user, self.at = user, at or timezone.now()

    def narrow(self, cases: CaseQuerySet) -> CaseQuerySet:
        given = self.given()
        cases = cases.filter(**{name: given[name] for name in EQUAL if name in given})
        if "assignee" in given:
            cases = cases.filter(self._assigned(given["assignee"]))
        if "category" in given:
            cases = cases.filter(Q(category=given["category"]) | Q(category__parent=given["category"]))
        if "tag" in given:
            cases = cases.filter(tags__contains=[given["tag"].lower()])
        if "since" in given:
            cases = cases.filter(opened_at__gte=_begin(given["since"]))
        if "until" in given:
            cases = cases.filter(opened_at__lt=_begin(given["until"] + dt.timedelta(days=1)))
        if "settled" in given:  # said so that the index case_ended serves it
            ended = cases.alias(ended=Coalesce("settled_at", "closed_at"))
            cases = ended.filter(ended__gte=_begin(given["settled"]), settled_at__isnull=False)
        if "due" in given:
            until = self.at + dt.timedelta(minutes=int(given["due"]))
            cases = cases.filter(due_at__gte=self.at, due_at__lt=until)
        if "followed" in given:
            cases = cases.filter(followers__user=self.user)
        return cases.filter(_matching(given["q"])) if "q" in given else cases

    def _assigned(self, who: str) -> Q:
        if who == NOBODY:
            return Q(assignee__isnull=True)
        return Q(assignee=self.user if who == ME else int(who))

    def given(self) -> dict[str, Any]:
        """What was filled in and could be read. Nothing asked, nothing queried."""
        if not any(self.data.get(name) for name in self.fields):
            return {}
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value and name != "sort"}

    @property
    def order(self) -> str:
        """Its slug; what cannot be read is no wish."""
        asked = str(self.data.get("sort") or "")
        return asked if asked in ORDERS else ""

    def query(self) -> dict[str, str]:
        """The address's own words, without those that say nothing: what a saved view keeps."""
        words = {name: str(self.data.get(name) or "")[:100] for name in self.fields}
        fine = self.given().keys() | ({"sort"} if self.order else set())
        return {name: word for name, word in words.items() if word and name in fine}

    def chips(self) -> list[tuple[str, str]]:
        """(field, words) of each filter in force."""
        said = [(name, self._said(name, value)) for name, value in self.given().items()]
        return said + ([("sort", str(ORDERS[self.order].name))] if self.order else [])

    def _said(self, name: str, value: Any) -> str:
        if value is True:
            return str(self.fields[name].label)
        words = {str(key): word for key, word in getattr(self.fields[name].widget, "choices", [])}
        return f"{self.fields[name].label}: {words.get(str(value), value)}"


def _begin(day: dt.date) -> dt.datetime:
    """The day begins where the reader is."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def _matching(text: str) -> Q:
    text = text.strip().lstrip("#@")
    by_name = Q(customer__name__icontains=text) | Q(subject__icontains=text)
    by_contact = Q(customer__in=ContactPoint.objects.filter(value=text.lower()).values("customer"))
    by_number = Q(number=int(text)) if text.isdecimal() and len(text) < 15 else Q()
    found = by_name | by_contact
    return found | by_number if by_number else found
