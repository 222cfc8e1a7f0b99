"""What an address of the effect's pages asks for; what is wrong narrows nothing."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from caring.effect.outcomes import BY_KEY
from caring.effect.periods import PERIODS, WINDOWS
from caring.models import Stage
from crm.customers.models import Product, Tier

PERIOD, WINDOW = "12", 3
FOLLOWED, CONTACTS, CUSTOMERS, LEFT = "followed", "contacts", "customers", "left"
TREATED, HELD = "treated", "held"
REACHED = "reached"


class EffectAsk(forms.Form):
    period = forms.ChoiceField(choices=[(name, name) for name in PERIODS], required=False)
    months = forms.ChoiceField(choices=[(str(one), str(one)) for one in WINDOWS], required=False)

    def __init__(self, query: Any) -> None:
        super().__init__(query)
        self.is_valid()

    @property
    def period_asked(self) -> str:
        return self.cleaned_data.get("period") or PERIOD

    @property
    def months_asked(self) -> int:
        return int(self.cleaned_data.get("months") or WINDOW)

    def url(self, **other: Any) -> str:
        return "?" + urlencode({"period": self.period_asked, "months": self.months_asked} | other)


class ListAsk(EffectAsk):
    """Which rows: occasions that were followed, contacts, customers at a month's end, or lines that left."""

    of = forms.ChoiceField(choices=[(one, one) for one in (FOLLOWED, CONTACTS, CUSTOMERS, LEFT)], required=False)
    stage = forms.ModelChoiceField(queryset=Stage.objects.all(), required=False)
    group = forms.ChoiceField(
        choices=[(TREATED, pgettext_lazy("effect", "Contacted group")), (HELD, pgettext_lazy("effect", "Hold-out"))],
        required=False,
    )  # fmt: skip
    outcome = forms.ChoiceField(choices=[(key, one.word) for key, one in BY_KEY.items()], required=False)
    came = forms.BooleanField(required=False)  # only where the outcome came about
    reached = forms.BooleanField(required=False)
    start = forms.BooleanField(required=False)  # at the beginning of the period, else at its end
    worth = forms.BooleanField(required=False)
    tier = forms.ChoiceField(choices=Tier.choices, required=False)
    product = forms.ModelChoiceField(queryset=Product.objects.all(), required=False)

    @property
    def kind(self) -> str:
        return self.cleaned_data.get("of") or FOLLOWED

    def said(self, name: str) -> Any:
        return self.cleaned_data.get(name)


KIND_WORDS = {
    FOLLOWED: _("Occasions that were followed"),
    CONTACTS: _("Attempts to reach somebody"),
    CUSTOMERS: _("Customers"),
    LEFT: _("Lines that left"),
}
