"""What stands in the palette: groups of options. Each says how it is taken; static/js/palette.js does it."""

import json
import re
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override

from crm.desk.rows import Row


@dataclass(frozen=True)
class Option:
    """`how`: go (to url), sheet (a dialog from url), post (fields to url), press (the key of that name, or its letter).

    `row` is a case with its clock; `person` a customer's id, for the colour of their initials.
    """

    title: str
    url: str = ""
    how: str = "go"
    detail: str = ""
    icon: str = ""
    key: str = ""
    tier: str = ""
    person: int = 0
    row: Row | None = None
    fields: dict[str, str] = field(default_factory=dict)
    search: str = ""
    term: str = ""

    @property
    def shown(self) -> SafeString:
        """The title, with what was asked set off."""
        return marked(self.title, self.term)

    @property
    def sent(self) -> str:
        return json.dumps(self.fields)


@dataclass(frozen=True)
class Group:
    name: object
    slug: str
    options: list[Option]


def marked(text: str, term: str) -> SafeString:
    """The text, escaped, with the words of the term set off."""
    words = sorted({re.escape(escape(word)) for word in term.split() if len(word) > 1}, key=len, reverse=True)
    safe = escape(text)
    if not words:
        return mark_safe(safe)
    parts = re.compile(f"({'|'.join(words)})", re.IGNORECASE)
    return mark_safe(parts.sub(r"<mark>\1</mark>", safe))  # both sides of it are escaped


def words_in_both(text: object) -> str:
    """As it reads in each language: who types the English word on an Indonesian page finds it too."""
    if not isinstance(text, Promise):
        return str(text)
    said = [str(text)]
    for language in ("en", "id"):
        with override(language):
            said.append(str(text))
    return " ".join(said)


def fits(option: Option, term: str) -> bool:
    """Every word of the term begins a word of the option."""
    haystack = f" {option.title} {option.search}".casefold()
    begins = [*re.split(r"[^\w]+", haystack), *haystack.split()]  # "mail" and "e-mail"
    return all(any(word.startswith(asked) for word in begins) for asked in term.casefold().split())
