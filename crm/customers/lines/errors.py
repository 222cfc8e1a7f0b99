"""What can be wrong with an act on a line."""

from django.utils.translation import gettext as _

from crm.customers.models import Subscription


class LineError(ValueError):
    """`field` is what the caller must mend; str() is translated. `conflict`: right, but not as things stand now."""

    conflict = False

    def __init__(self, field: str, code: str, message: str) -> None:
        super().__init__(message)
        self.field, self.code = field, code


class LineConflict(LineError):
    conflict = True


class CannotGo(LineConflict):
    def __init__(self, before: str, after: str) -> None:
        names = {"before": Subscription.State(before).label, "after": Subscription.State(after).label}
        super().__init__("state", "wrong_state", _("A line that is “%(before)s” cannot become “%(after)s”.") % names)


class NumberTaken(LineConflict):
    def __init__(self) -> None:
        super().__init__("number", "number_taken", _("Another line has this number now."))


class HasEnded(LineConflict):
    def __init__(self) -> None:
        super().__init__("line", "ended", _("This line has ended; nothing of it changes any more."))
