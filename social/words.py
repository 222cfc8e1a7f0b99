"""Why a row or a file is refused, in words."""

from django.utils.translation import gettext_lazy as _

REASONS = {
    "cells": _("The row has more or fewer cells than the heading."),
    "empty": _("This cell must not be empty."),
    "too_long": _("The text is longer than any post of this network."),
    "control": _("The cell holds a character that no text can hold."),
    "handle": _("A handle is one word."),
    "date": _("This is no date and time, such as 2024-10-27T02:59:33Z."),
    "date_range": _("This date lies in the future or before the year 2000."),
    "flag": _("Only 1 or 0 (true or false) may stand here."),
    "no_brand": _("No brand of this file wrote in this thread, and none is named."),
    "double": _("A row just above has the same id and says something else."),
    "differs": _("A post with this id is already kept and says something else."),
}

FILE_ERRORS = {
    "missing": _("There is no such file."),
    "oversized": _("The file is larger than %(limit)s MB. Divide it, or import it with the command import_posts."),
    "empty": _("The file is empty."),
    "no_rows": _("The file has a heading but no rows."),
    "encoding": _("The file is not UTF-8 text (near row %(row)s). Save it as CSV UTF-8."),
    "delimiter": _("The cells are parted by “%(found)s”. Save the file with commas between the cells."),
    "columns": _("The heading lacks these columns: %(columns)s."),
    "doubled": _("These columns stand in the heading twice: %(columns)s."),
    "no_such_brand": _("No brand %(account)s writes in this file. Its brands: %(brands)s."),
    "unreadable": _("The file cannot be read as CSV near row %(row)s. A quotation mark is probably not closed."),
}
