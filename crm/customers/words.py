"""What the fields of a record are called."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

FIELD_WORDS: dict[str, str | Promise] = {
    "kind": _("Kind of customer"),
    "name": _("Name"),
    "honorific": _("Honorific"),
    "sex": _("Sex"),
    "birth_date": _("Birth date"),
    "hobbies": _("Hobbies"),
    "language": _("Language"),
    "time_zone": _("Time zone"),
    "city": _("City"),
    "since": pgettext_lazy("customer", "Customer since"),
    "preferred_channel": _("Likes to be reached by"),
    "do_not_disturb": _("Do not disturb"),
}
