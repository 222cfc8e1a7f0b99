"""Days and values of this room as the page says them."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import pgettext

from caring.fields import FIELDS
from crm.lib.display import grouped


def day_in_words(value: dt.date | dt.datetime | None) -> str:
    if value is None:
        return ""
    return date_format(timezone.localtime(value) if isinstance(value, dt.datetime) else value, "j M Y")


def value_in_words(code: str, value: Any) -> str:
    """Of a field of the rules, as the line has it."""
    if value is None or value == "":
        return pgettext("figure of a line", "not known")
    field = FIELDS[code]
    if field.choices and not field.plain:
        words = {str(one): str(word) for one, word in field.choices()}
        return ", ".join(words.get(one, one) for one in str(value).split(","))
    return grouped(value) if isinstance(value, int | float) else str(value)
