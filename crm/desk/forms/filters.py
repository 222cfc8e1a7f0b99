from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.cases.models import Category
from crm.cases.queries import CaseQuerySet
from crm.cases.words import Kind, Priority
from crm.customers.models import ContactPoint
from crm.staff.models import Team
from crm.timeline.models import Channel

ANY = ("", _("Any"))


class FilterForm(forms.Form):
    """Narrows a queue. What cannot be read is named and left out; the rest still counts."""

    q = forms.CharField(label=_("Number, name or handle"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[ANY, *Kind.choices])
    channel = forms.ChoiceField(label=_("Channel"), required=False, choices=[ANY, *Channel.choices])
    category = forms.ModelChoiceField(
        label=_("Category"), required=False, queryset=Category.objects.filter(is_active=True), empty_label=ANY[1]
    )
    team = forms.ModelChoiceField(label=_("Team"), required=False, queryset=Team.objects.all(), empty_label=ANY[1])
    priority = forms.ChoiceField(label=_("Priority"), required=False, choices=[ANY, *Priority.choices])
    tag = forms.CharField(label=_("Tag"), required=False, max_length=40)

    def narrow(self, cases: CaseQuerySet) -> CaseQuerySet:
        given = self.given()
        for name in ("kind", "channel", "team", "priority"):
            if name in given:
                cases = cases.filter(**{name: given[name]})
        if "category" in given:
            cases = cases.filter(Q(category=given["category"]) | Q(category__parent=given["category"]))
        if "tag" in given:
            cases = cases.filter(tags__contains=[given["tag"]])
        return cases.filter(_matching(given["q"])) if "q" in given else cases

    def given(self) -> dict:
        """What was filled in and could be read. Nothing asked, nothing queried."""
        if not any(self.data.get(name) for name in self.fields):
            return {}
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def chips(self) -> list[tuple[str, str]]:
        """(field, words) of each filter in force."""
        return [(name, self._said(name, value)) for name, value in self.given().items()]

    def _said(self, name: str, value: object) -> str:
        words = dict(getattr(self.fields[name], "choices", [])) if isinstance(value, str) else {}
        return f"{self.fields[name].label}: {words.get(value, value)}"


def _matching(text: str) -> Q:
    text = text.strip().lstrip("#@")
    by_name = Q(customer__name__icontains=text) | Q(subject__icontains=text)
    by_contact = Q(customer__in=ContactPoint.objects.filter(value=text.lower()).values("customer"))
    by_number = Q(number=int(text)) if text.isdecimal() and len(text) < 15 else Q()
    found = by_name | by_contact
    return found | by_number if by_number else found
