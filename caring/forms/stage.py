"""A stage as its form: times, channels in order, why; its texts in both languages."""

import copy
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from caring.differing import LANGUAGE_NAMES, PART_NAMES
from caring.forms.lists import ListsForm
from caring.models import Stage, StageVersion
from caring.texts import LANGUAGES, LONGEST, PARTS, PREPAID, as_text, like
from caring.words import Way

PLACES = 4  # channels that can be put in order
ONE_LINE = ("name", "subject")
ROWS = {"purpose": 2, "message": 5, "script": 10, "tips": 5}


class StageForm(ListsForm):
    """The rule stands in rows of its own (forms/rule.py); `seen` is the version that was open."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    due_hours = forms.IntegerField(label=_("Due, hours after the occasion"), min_value=1)
    attempts = forms.IntegerField(label=_("Attempts"), min_value=1)
    pause_hours = forms.IntegerField(label=_("Pause between two attempts, hours"), min_value=0)
    points = forms.IntegerField(label=_("Points as a gift to whoever is reached"), min_value=0, required=False)
    why = forms.CharField(
        label=_("Why it is changed"), max_length=250,
        help_text=_("Stands with the version, for whoever changes it next."),
    )  # fmt: skip

    def __init__(self, data: Any, *, stage: Stage, version: StageVersion) -> None:
        super().__init__(data, initial=_initial(version))
        self._kept = version.texts
        if not stage.is_courtesy:
            del self.fields["points"]
        for place in range(PLACES):
            words = _("Then") if place else _("First")
            self.fields[f"channel{place}"] = forms.ChoiceField(
                label=words, required=False, choices=[("", "–"), *Way.choices]
            )
        for name, part in _text_names():
            self.fields[name] = _text_field(part)
        self.add_lists(stage.pk, version.texts)

    @property
    def channels(self) -> list[Any]:
        return [self[f"channel{place}"] for place in range(PLACES)]

    @property
    def texts(self) -> list[dict[str, Any]]:
        """By language, for the page: the plain reading, and the prepaid one beneath it."""
        return [
            {
                "language": language, "name": LANGUAGE_NAMES[language],
                "fields": [self[f"{language}-{part}"] for part in PARTS],
                "prepaid": [self[f"{language}-{PREPAID}-{part}"] for part in PARTS],
                "has_prepaid": any(self[f"{language}-{PREPAID}-{part}"].value() for part in PARTS),
                "is_wrong": any(self.errors.get(name) for name, _part in _text_names() if name.startswith(language)),
            }
            for language in LANGUAGES
        ]  # fmt: skip

    def as_version(self) -> dict[str, Any]:
        """What save_version takes, but the rule."""
        said = self.cleaned_data
        channels = [said[f"channel{place}"] for place in range(PLACES) if said[f"channel{place}"]]
        names = ("seen", "due_hours", "attempts", "pause_hours", "why")
        points = said.get("points") or 0
        return {name: said[name] for name in names} | {"channels": channels, "points": points, "texts": self._texts()}

    def _texts(self) -> dict[str, Any]:
        texts = copy.deepcopy(self._kept)
        for language in LANGUAGES:
            said = texts.setdefault(language, {})
            self._put(said, f"{language}-")
            reading = said.get(PREPAID, {})
            self._put(reading, f"{language}-{PREPAID}-")
            if reading:
                said[PREPAID] = reading
            else:
                said.pop(PREPAID, None)
        self.put_lists(texts)
        return texts

    def _put(self, said: dict[str, Any], prefix: str) -> None:
        for part in PARTS:
            typed = self.cleaned_data[f"{prefix}{part}"].replace("\r\n", "\n").strip()
            if typed == as_text(said.get(part)).strip():
                continue  # its blanks at the ends are no change
            if typed:
                said[part] = like(said.get(part), typed)
            else:
                said.pop(part, None)


def _text_names() -> list[tuple[str, str]]:
    return [
        (f"{language}-{between}{part}", part)
        for language in LANGUAGES
        for between in ("", f"{PREPAID}-")
        for part in PARTS
    ]


def _text_field(part: str) -> forms.CharField:
    """Too long is refused with the others (texts.check_text)."""
    widget: forms.Widget = forms.TextInput() if part in ONE_LINE else forms.Textarea(attrs={"rows": ROWS[part]})
    return forms.CharField(label=PART_NAMES[part], required=False, widget=widget, max_length=2 * LONGEST[part])  # type: ignore[arg-type]


def _initial(version: StageVersion) -> dict[str, Any]:
    given: dict[str, Any] = {"seen": version.number}
    given |= {name: getattr(version, name) for name in ("due_hours", "attempts", "pause_hours", "points")}
    given |= {f"channel{place}": channel for place, channel in enumerate(version.channels)}
    for language in LANGUAGES:
        said = version.texts.get(language, {})
        given |= {f"{language}-{part}": as_text(said.get(part)) for part in PARTS}
        given |= {f"{language}-{PREPAID}-{part}": as_text(said.get(PREPAID, {}).get(part)) for part in PARTS}
    return given
