from django import forms
from django.utils.translation import gettext_lazy as _

from crm.api.models import ApiClient, Scope
from crm.staff.models import Team
from crm.timeline.models import Channel


class ClientForm(forms.ModelForm):
    """A new client. What it may do is fixed at birth: another need is another client."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("The system that will call."))
    scopes = forms.MultipleChoiceField(
        label=_("Allowed to"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=[Scope.READ, Scope.WRITE],
    )
    channel = forms.ChoiceField(
        label=_("Channel of its cases"),
        choices=[("", _("Named in each request")), *Channel.choices],
        required=False,
    )
    team = forms.ModelChoiceField(
        Team.objects.all(),
        label=_("Only this team"),
        required=False,
        empty_label=_("All teams"),
        help_text=_("The client then sees and opens cases of this team alone."),
    )
    requests_per_minute = forms.IntegerField(label=_("Requests a minute"), min_value=1, max_value=100_000, initial=600)

    class Meta:
        model = ApiClient
        fields = ["name", "scopes", "channel", "team", "requests_per_minute"]
