"""Why a row is refused or noted, in words."""

from django.utils.translation import gettext_lazy as _

REASONS = {
    "cells": _("The row has more or fewer cells than the heading."),
    "encoding": _("The row holds bytes that are no text in the encoding that the mapping names."),
    "empty": _("This cell must not be empty."),
    "blank": _("Taken, although this cell is blank."),
    "too_long": _("The text is too long."),
    "amount": _("This is no number as the mapping says numbers are written."),
    "fraction": _("This is not a whole number of rupiah, even times the mapping's factor."),
    "range": _("The number is larger than any that can be meant."),
    "negative": _("This must not be negative."),
    "positive": _("This must be more than nothing; what was given back is a credit note."),
    "count": _("This is no whole number."),
    "date": _("This is no day as the mapping says days are written."),
    "date_range": _("This day is before 1900 or after 2199."),
    "future": _("This day lies in the future."),
    "choice": _("This word is none of those that are known; the mapping can translate it."),
    "nik": _("A NIK is sixteen digits."),
    "email": _("This is no e-mail address."),
    "msisdn": _("This is no telephone number."),
    "unknown": _("There is no such line, and the mapping does not make lines."),
    "double": _("A row above says the same thing already."),
    "elsewhere": _("This reference belongs to another line."),
    "sum": _("Net and tax do not add up to the total."),
    "product": _("There is no such product."),
}
