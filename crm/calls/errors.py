"""Why an act on a call was refused. `field` names the input to blame; str() is translated."""

from django.utils.translation import gettext_lazy as _


class CallError(Exception):
    code = "call_error"
    field = ""
    sentence = _("This cannot be done with the call.")

    def __str__(self) -> str:
        return str(self.sentence)


class BadTime(CallError):
    code = "bad_time"
    field = "at"
    sentence = _("This time lies in the future.")


class AgentNeeded(CallError):
    code = "required"
    field = "agent"
    sentence = _("Say at whom the call rings, or to whom it goes.")


class OtherNumber(CallError):
    """The same call id with another number: two exchanges, or an id used twice."""

    code = "other_number"
    field = "msisdn"
    sentence = _("This call is known with another number.")


class NotEnded(CallError):
    code = "not_ended"
    sentence = _("The call goes on: it is wrapped up once it has ended.")


class WrappedUp(CallError):
    code = "wrapped_up"
    sentence = _("The call is wrapped up already.")


class NobodyKnown(CallError):
    code = "customer_unknown"
    field = "customer"
    sentence = _("First say who the customer is.")


class HasCase(CallError):
    """What was said stands in that customer's case."""

    code = "has_case"
    sentence = _("A case was opened from this call. Whose it is stays.")


class NumberNeeded(CallError):
    code = "required"
    field = "number"
    sentence = _("Give a number of theirs: this one is withheld, or somebody else's.")


class NotTheirs(CallError):
    code = "not_theirs"
    field = "case"
    sentence = _("This case is over, or another customer's.")
