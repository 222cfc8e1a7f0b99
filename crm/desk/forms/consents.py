"""What is asked when a customer answers, when their data is to rest, and when a text is published."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.timeline.models import Channel

# On which somebody can be read a text, and answer.
SPOKEN = (Channel.COUNTER, Channel.CALL, Channel.WHATSAPP, Channel.EMAIL, Channel.SMS, Channel.LETTER, Channel.WEB)
LANGUAGES = (("id", _("Indonesian")), ("en", _("English")))
LONGEST = 2000


class AnswerForm(forms.Form):
    """`version` is that of the text which stood on the screen."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    language = forms.ChoiceField(label=_("Read in"), choices=LANGUAGES, widget=forms.RadioSelect)
    channel = forms.ChoiceField(
        label=_("How they answered"), choices=[(one.value, one.label) for one in SPOKEN], widget=forms.RadioSelect,
        error_messages={"required": _("Say how they answered.")},
    )  # fmt: skip


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=250, widget=forms.TextInput(attrs={"autofocus": True}))


class TextForm(forms.Form):
    """`after` is the version that the form began from."""

    after = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Indonesian"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5, "lang": "id"})
    )
    text_en = forms.CharField(
        label=_("English"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5, "lang": "en"})
    )
    why = forms.CharField(label=_("Why a new version"), max_length=250)
