"""What the figures are called above the list of their cases."""

from django.utils.translation import gettext_lazy as _

FIGURE_NAMES = {
    "cases": _("All cases"),
    "cancelled": _("Cancelled"),
    "rejected": _("Rejected"),
    "answered": _("Answered"),
    "in_time": _("Answered in time"),
    "late": _("Answered late"),
    "unanswered": _("Not answered"),
    "due": _("First reply due"),
    "due_in_time": _("First reply due, answered in time"),
    "due_late": _("First reply due, answered late"),
    "due_missed": _("First reply due, not answered in time"),
    "due_unanswered": _("First reply due, not answered"),
    "addressed": _("Naming our account"),
    "addressed_answered": _("Naming our account, answered"),
    "addressed_in_time": _("Naming our account, answered in time"),
    "addressed_due": _("Naming our account, due"),
    "addressed_due_in_time": _("Naming our account, due, answered in time"),
    "addressed_due_unanswered": _("Naming our account, due, not answered"),
    "settled": _("Settled"),
    "settled_in_time": _("Settled in time"),
    "settle_due": _("Settlement due"),
    "settle_due_in_time": _("Settlement due, settled in time"),
    "settle_due_open": _("Settlement due, not settled"),
    "breached": _("With a breach"),
    "breached_reply": _("With a late reply"),
    "breached_settle": _("With a late settlement"),
}
ORDER_NAMES = {
    "newest": _("Newest first"),
    "slowest": _("Slowest reply first"),
    "longest": _("Slowest settlement first"),
}
