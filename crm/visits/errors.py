"""Why an act on a visit was refused. `field` names the input to blame; str() is translated."""

from django.utils.translation import gettext_lazy as _


class VisitError(Exception):
    code = "visit_error"
    field = ""
    sentence = _("This cannot be done with the visit.")

    def __str__(self) -> str:
        return str(self.sentence)


class WrongState(VisitError):
    """Somebody else was quicker, or the steps came in another order."""

    code = "wrong_state"
    field = "event"
    sentence = _("The visit is not at this step any more. Look at it again.")


class BadTicket(VisitError):
    code = "bad_ticket"
    field = "ticket"
    sentence = _("A queue number is a letter or two, a dash and up to four digits: B-042.")


class TicketTaken(VisitError):
    code = "ticket_taken"
    field = "ticket"
    sentence = _("Somebody has this queue number today.")


class CounterBusy(VisitError):
    code = "counter_busy"
    field = "counter"
    sentence = _("Somebody is at this counter. End that visit first.")


class CounterNeeded(VisitError):
    code = "counter_needed"
    field = "counter"
    sentence = _("Say at which counter.")


class CounterTaken(VisitError):
    code = "counter_taken"
    field = "number"
    sentence = _("A colleague has this counter open.")


class StillServing(VisitError):
    code = "still_serving"
    sentence = _("A customer is still at your counter. End that visit first.")


class BadTime(VisitError):
    code = "bad_time"
    field = "at"
    sentence = _("This time lies in the future, or before the step before it.")


class NotKnown(VisitError):
    code = "customer_unknown"
    field = "customer"
    sentence = _("First say who the customer is.")


class PaperDiffers(VisitError):
    """Nothing is replaced at a counter: a new number goes by the customer's page."""

    code = "paper_differs"
    field = "number"
    sentence = _("Another number is on record. Look again; if the paper is new, change it on the customer's page.")


class NoOffice(VisitError):
    code = "no_office"
    sentence = _("You belong to no GraPARI. A supervisor sets this with your account.")
