"""What supervisors and administrators decide about people."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from crm.staff import channels
from crm.staff.access import grantable_roles
from crm.staff.models import Invitation, Role, SignInMethod, SignInOutcome, Skill, Team, User
from crm.staff.queries import UserQuerySet

MOST_CASES = 500


class TeamsField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple


def choose_teams(form: forms.ModelForm, by: User, also: frozenset[int] = frozenset()) -> None:
    """Offer `by` the teams that are theirs to give, and those the person is in already."""
    if by.role != Role.ADMINISTRATOR:
        form.fields["teams"].queryset = Team.objects.filter(pk__in=by.team_ids | also)  # type: ignore[attr-defined]


def role_field(roles: Iterable[Role]) -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Role"), choices=[(role.value, role.label) for role in roles])


def name_the_empty(form: forms.ModelForm) -> None:
    """Django's dashes say nothing to anybody."""
    for name in ("division", "office"):
        form.fields[name].empty_label = _("None")  # type: ignore[attr-defined]


class NumbersWidget(forms.Widget):
    """One number a channel: as many inputs as there are channels, told apart by `name-channel`."""

    template_name = "staff/_channel_numbers.html"

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """From the project's templates, where Django's renderer of forms does not look."""
        return render_to_string(self.template_name, self.get_context(name, value, attrs))

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        given = value if isinstance(value, dict) else {}
        context["numbers"] = [(f"{name}-{code}", word, given.get(code, "")) for code, word in channels.choices()]
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str]:
        return {
            code: data[f"{name}-{code}"].strip() for code, _word in channels.choices() if data.get(f"{name}-{code}")
        }

    def use_required_attribute(self, initial: Any) -> bool:
        return False


class ChannelCapacityField(forms.Field):
    """{channel: number}; a channel without a number has no limit of its own."""

    widget = NumbersWidget

    def clean(self, value: Any) -> dict[str, int]:
        if any(not str(number).isdecimal() or int(number) > MOST_CASES for number in value.values()):
            raise forms.ValidationError(_("Whole numbers from 0 to %(most)s.") % {"most": MOST_CASES}, code="number")
        return {channel: int(number) for channel, number in value.items()}


class InviteForm(forms.ModelForm):
    teams = TeamsField(Team.objects.all(), label=_("Teams"), required=False)

    class Meta:
        model = Invitation
        fields = ["email", "name", "role", "teams", "division", "office"]
        labels = {
            "email": _("E-mail"), "name": _("Name"), "role": _("Role"),
            "division": _("Division"), "office": _("GraPARI office"),
        }  # fmt: skip
        widgets = {"email": forms.EmailInput(attrs={"autofocus": True, "autocomplete": "off"})}

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"] = forms.ChoiceField(
            label=_("Role"), choices=[(r.value, r.label) for r in grantable_roles(by)]
        )
        choose_teams(self, by)
        name_the_empty(self)

    def validate_unique(self) -> None:
        """A new invitation replaces the one that waits: invite_person decides."""

    def validate_constraints(self) -> None:
        """As validate_unique."""


class PersonForm(forms.ModelForm):
    teams = TeamsField(Team.objects.all(), label=_("Teams"), required=False)
    skills = TeamsField(Skill.objects.all(), label=_("Skills"), required=False)
    channel_capacity = ChannelCapacityField(
        label=_("Capacity by channel"), required=False,
        help_text=_("At most so many cases of a channel at once; empty: no limit but the whole."),
    )  # fmt: skip

    class Meta:
        model = User
        fields = [
            "name", "email", "staff_number", "extension", "role", "teams", "skills",
            "division", "office", "time_zone", "capacity", "channel_capacity", "is_active",
        ]  # fmt: skip
        help_texts = {
            "capacity": _("How many open cases this person can hold."),
            "is_active": _("Off: can no longer sign in. Cases and history stay."),
        }

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = {*grantable_roles(by), Role(self.instance.role)}
        self.fields["role"] = forms.ChoiceField(
            label=_("Role"), choices=[(r.value, r.label) for r in Role if r in roles]
        )
        choose_teams(self, by, self.instance.team_ids)
        name_the_empty(self)

    def clean_staff_number(self) -> str | None:
        return self.cleaned_data["staff_number"] or None

    def clean_extension(self) -> str | None:
        return (self.cleaned_data["extension"] or "").strip() or None


class PeopleFilter(forms.Form):
    """What the list of people is narrowed to; everything may be left out."""

    q = forms.CharField(label=_("Name, e-mail or number"), required=False, widget=forms.SearchInput)
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[("", _("All roles")), *Role.choices])
    team = forms.ModelChoiceField(Team.objects.all(), label=_("Team"), required=False, empty_label=_("All teams"))
    state = forms.ChoiceField(
        label=_("Account"),
        required=False,
        choices=[("", _("Active")), ("closed", _("Closed")), ("all", _("All"))],
    )

    def narrow(self, people: UserQuerySet) -> UserQuerySet:
        wanted = self.cleaned_data if self.is_valid() else {}
        people = people.matching(wanted.get("q", ""))
        if wanted.get("role"):
            people = people.filter(role=wanted["role"])
        if wanted.get("team"):
            people = people.filter(teams=wanted["team"])
        state = wanted.get("state", "")
        return people if state == "all" else people.filter(is_active=state != "closed")


class SignInFilter(forms.Form):
    q = forms.CharField(label=_("Name, e-mail or number"), required=False, widget=forms.SearchInput)
    outcome = forms.ChoiceField(label=_("Outcome"), required=False, choices=[("", _("All")), *SignInOutcome.choices])
    method = forms.ChoiceField(label=_("Method"), required=False, choices=[("", _("All")), *SignInMethod.choices])

    def narrow(self, log: Any) -> Any:
        wanted = self.cleaned_data if self.is_valid() else {}
        for field in ("outcome", "method"):
            if wanted.get(field):
                log = log.filter(**{field: wanted[field]})
        if wanted.get("q"):
            log = log.filter(user__in=User.objects.matching(wanted["q"]))
        return log
