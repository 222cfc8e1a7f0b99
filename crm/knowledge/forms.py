from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from crm.customers.models import Product
from crm.knowledge.models import Spelling, Version
from crm.knowledge.models.article import VersionQuerySet
from crm.knowledge.search import TOKEN
from crm.knowledge.tags import topics
from crm.knowledge.trees import BadTree, read_tree
from crm.knowledge.words import Kind

TALL, LOW = {"rows": 14}, {"rows": 4}
HOW = _("## a heading, - a point, 1. a step, **strong**; an empty line between paragraphs.")
HOW_TREE = _("# name of the step, then what to ask or do, then its answers: > words -> next step. No answers: an end.")


def product_choices() -> list[tuple[str, str]]:
    return [(code, code) for code in Product.objects.order_by("code").values_list("code", flat=True)]


class Regions(forms.CharField):
    """Places, parted by commas, kept as a list."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [place.strip()[:80] for place in str(value or "").split(",") if place.strip()]


class DraftForm(forms.ModelForm):
    products = forms.MultipleChoiceField(label=_("Products"), required=False, widget=forms.CheckboxSelectMultiple)
    categories = forms.MultipleChoiceField(
        label=_("Categories"), required=False, widget=forms.SelectMultiple(attrs={"size": 8})
    )
    regions = Regions(
        label=_("Regions"), required=False, max_length=400,
        help_text=_("Only where it holds for these places alone: Bandung, Cimahi."),
    )  # fmt: skip

    class Meta:
        model = Version
        fields = (
            "title_id", "title_en", "body_id", "body_en", "steps_id", "steps_en", "answer_id", "answer_en",
            "categories", "products", "regions", "valid_until", "is_public",
        )  # fmt: skip
        labels = {
            "title_id": _("Title in Indonesian"), "title_en": _("Title in English"),
            "body_id": _("Text in Indonesian"), "body_en": _("Text in English"),
            "steps_id": _("Steps in Indonesian"), "steps_en": _("Steps in English"),
            "answer_id": _("For the customer, in Indonesian"), "answer_en": _("For the customer, in English"),
            "valid_until": _("Valid until"), "is_public": _("Customers may read it on its public page"),
        }  # fmt: skip
        help_texts = {
            "body_id": HOW, "steps_id": HOW_TREE,
            "answer_id": _("What the slash puts into an answer. Empty: the whole text."),
            "valid_until": _("Last day. Empty: until somebody changes it."),
        }  # fmt: skip
        widgets = {
            **{
                f"{name}_{language}": forms.Textarea(attrs=TALL)
                for name in ("body", "steps")
                for language in ("id", "en")
            },
            **{f"answer_{language}": forms.Textarea(attrs=LOW) for language in ("id", "en")},
            "valid_until": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["products"].choices = product_choices()  # type: ignore[attr-defined]
        self.fields["categories"].choices = topics()  # type: ignore[attr-defined]
        if kind == Kind.TREE:
            self.fields["body_id"].widget.attrs = self.fields["body_en"].widget.attrs = LOW
        else:
            del self.fields["steps_id"], self.fields["steps_en"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not (data.get("title_id") or data.get("title_en")):
            self.add_error("title_id", _("A title in one of the languages."))
        for name in ("steps_id", "steps_en"):
            if data.get(name):
                self._look_at_tree(name, data[name])
        return data

    def _look_at_tree(self, name: str, text: str) -> None:
        try:
            read_tree(text)
        except BadTree as error:
            self.add_error(name, str(error))


class SpellingForm(forms.ModelForm):
    class Meta:
        model = Spelling
        fields = ("said", "means")
        labels = {"said": _("People write"), "means": _("It means")}
        help_texts = {"means": _("As articles say it. Empty: the word says nothing, like “min” or “dong”.")}

    def clean_said(self) -> str:
        said = str(self.cleaned_data["said"]).lower()
        if not (said.isascii() and TOKEN.fullmatch(said)):
            raise ValidationError(_("One word of letters and digits."))
        return said

    def clean_means(self) -> str:
        means = " ".join(str(self.cleaned_data["means"]).lower().split())
        if means and not TOKEN.findall(means):
            raise ValidationError(_("Words of letters and digits."))
        return means


class RemarkForm(forms.Form):
    remark = forms.CharField(label=_("What is to be changed"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class ListFilter(forms.Form):
    q = forms.CharField(label=_("Search as people say it"), required=False, max_length=200)
    category = forms.ChoiceField(label=_("Category"), required=False)
    product = forms.ChoiceField(label=_("Product"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("Any")), *Kind.choices])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [("", _("Any")), *topics()]  # type: ignore[attr-defined]
        self.fields["product"].choices = [("", _("Any")), *product_choices()]  # type: ignore[attr-defined]

    def narrow(self, found: VersionQuerySet) -> VersionQuerySet:
        """What cannot be read is left out; the rest still counts."""
        self.is_valid()
        given = self.cleaned_data
        if given.get("category"):
            found = found.filter(categories__contains=[given["category"]])
        if given.get("product"):
            found = found.filter(products__contains=[given["product"]])
        if given.get("kind"):
            found = found.filter(article__kind=given["kind"])
        return found

    @property
    def words(self) -> str:
        self.is_valid()
        return str(self.cleaned_data.get("q") or "").strip()
