"""The lists of a stage as rows of its form: each in both languages, two empty ones for more, emptied to take away."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from caring.differing import LANGUAGE_NAMES
from caring.lists import LONGEST, LONGEST_HINT, MOST, NAMES, key_of, lists_of
from caring.texts import LANGUAGES

SPARE = 2


@dataclass(frozen=True)
class Listed:
    name: str
    rows: list[list[Any]]  # the fields of each, language by language
    is_wrong: bool


class ListsForm(forms.Form):
    """A row keeps its key, by its place in the version that was open: what was chosen before is still named by it."""

    def add_lists(self, stage: int, texts: dict[str, Any]) -> None:
        self._lists = {part: [one["key"] for one in texts.get("id", {}).get(part, [])] for part in lists_of(stage)}
        for part in self._lists:
            for place in range(self._size(part)):
                for language in LANGUAGES:
                    self._add(part, place, language, texts.get(language, {}).get(part, [])[place : place + 1])

    def _size(self, part: str) -> int:
        return min(MOST, len(self._lists[part]) + SPARE)

    def _add(self, part: str, place: int, language: str, kept: list[dict[str, str]]) -> None:
        name, one = f"{part}-{place}-{language}", kept[0] if kept else {}
        self.fields[name] = forms.CharField(
            label=LANGUAGE_NAMES[language], required=False, max_length=LONGEST, initial=one.get("text", "")
        )
        if part == "questions":
            self.fields[f"{name}-hint"] = forms.CharField(
                label=gettext_lazy("What the marks mean"), required=False, max_length=LONGEST_HINT,
                initial=one.get("hint", ""),
            )  # fmt: skip

    @property
    def lists(self) -> list[Listed]:
        return [
            Listed(
                str(NAMES[part]), [self._row(part, place) for place in range(self._size(part))], self._is_wrong(part)
            )
            for part in self._lists
        ]

    def _row(self, part: str, place: int) -> list[Any]:
        named = [f"{part}-{place}-{language}{more}" for language in LANGUAGES for more in ("", "-hint")]
        return [self[name] for name in named if name in self.fields]

    def _is_wrong(self, part: str) -> bool:
        return any(name.startswith(f"{part}-") for name in self.errors)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        for part in self._lists:
            for place in range(self._size(part)):
                given = [said.get(f"{part}-{place}-{language}", "") for language in LANGUAGES]
                if any(given) and not all(given):
                    empty = LANGUAGES[given.index("")]
                    self.add_error(f"{part}-{place}-{empty}", _("Write this in both languages."))
        return said

    def put_lists(self, texts: dict[str, Any]) -> None:
        """What was typed, in place of what the texts had."""
        for part, keys in self._lists.items():
            taken, rows = set(keys), []
            for place in range(self._size(part)):
                if not self.cleaned_data[f"{part}-{place}-en"]:
                    continue
                key = keys[place] if place < len(keys) else key_of(self.cleaned_data[f"{part}-{place}-en"], taken)
                taken.add(key)
                rows.append((key, place))
            for language in LANGUAGES:
                texts[language][part] = [self._one(part, place, language, key) for key, place in rows]

    def _one(self, part: str, place: int, language: str, key: str) -> dict[str, str]:
        name = f"{part}-{place}-{language}"
        hint = self.cleaned_data.get(f"{name}-hint", "")
        return {"key": key, "text": self.cleaned_data[name]} | ({"hint": hint} if hint else {})
