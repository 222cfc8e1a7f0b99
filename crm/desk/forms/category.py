from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.cases.actions.categories import beneath
from crm.cases.models import Category
from crm.desk.forms.policy import category_choices


class CategoryForm(forms.ModelForm):
    class Meta:
        model = Category
        fields = ("code", "name", "name_en", "parent", "kind", "division", "skill", "is_active")
        help_texts = {"code": _("How other systems name it. It stays as it is.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["code"]
        hidden = beneath(self.instance.pk) if self.instance.pk else set()
        choices = [(pk, name) for pk, name in category_choices() if pk not in hidden]
        self.fields["parent"].choices = [("", _("At the top")), *choices]  # type: ignore[attr-defined]
        self.fields["skill"].empty_label = _("None")  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", _("None")), *self.fields["kind"].choices[1:]]  # type: ignore[attr-defined]


class MergeForm(forms.Form):
    into = forms.ModelChoiceField(label=_("Into"), queryset=Category.objects.filter(is_active=True))
    also_running = forms.BooleanField(
        label=_("Move the running cases too"),
        required=False,
        help_text=_("Without it every case stays where it was filed; only new ones go to the other category."),
    )

    def __init__(self, *args: Any, category: Category, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = self.fields["into"].queryset.exclude(pk__in=beneath(category.pk))  # type: ignore[attr-defined]
        self.fields["into"].queryset = found  # type: ignore[attr-defined]
