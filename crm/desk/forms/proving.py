from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.cases.models import Case
from crm.customers import personal_data
from crm.customers.contacts import read_msisdn
from crm.customers.errors import BadContact
from crm.customers.masking import mask_msisdn
from crm.customers.models import ContactPoint
from crm.timeline.models import Direction, Interaction


class ProveForm(forms.Form):
    """The number by which the customer proved who they are: one they wrote in private, or another that they named."""

    named = forms.ChoiceField(label=gettext_lazy("Number"), required=False, widget=forms.RadioSelect)
    msisdn = forms.CharField(label=gettext_lazy("Another number"), required=False, max_length=30)
    expected = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, case: Case, point: ContactPoint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.numbers = numbers_named(case, point)
        self.fields["named"].choices = [(str(n), mask_msisdn(one)) for n, one in enumerate(self.numbers)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("msisdn") and not data.get("named"):
            self.add_error("msisdn", _("Choose the number, or type it."))
        return data

    @property
    def number(self) -> str:
        """What was typed wins over what was chosen."""
        data = self.cleaned_data
        return str(data["msisdn"] or self.numbers[int(data["named"])])


def numbers_named(case: Case, point: ContactPoint) -> list[str]:
    """In the customer's private messages of this case, newest first; then those the record claims."""
    said = Interaction.objects.filter(
        in_case__case=case, channel=point.network, direction=Direction.IN, is_public=False
    )
    texts = said.order_by("-at", "-pk").values_list("text", flat=True)
    claimed = case.customer.contact_points.filter(kind=ContactPoint.Kind.MSISDN).values_list("value", flat=True)
    return list(dict.fromkeys([*(number for text in texts for number in _numbers_in(text)), *claimed]))


def _numbers_in(text: str) -> list[str]:
    numbers = []
    for found in personal_data.find(text):
        if found.kind == "msisdn":
            try:
                numbers.append(read_msisdn(text[found.start : found.end]).value)
            except BadContact:
                continue
    return numbers
