"""Single facts, as other systems tell them: written once by their reference, corrected when told otherwise."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.billing import rolling
from crm.billing.models import Bill, Payment, TopUp, Usage
from crm.billing.models.facts import Fact
from crm.customers.models import Subscription
from crm.events.actions import record
from crm.lib.msisdn import BadNumber, normalise

REFERENCE = {Bill: "number", Payment: "reference", TopUp: "reference", Usage: "month"}


class CannotTell(ValueError):
    """`field` is what the caller must mend; str() is translated."""

    def __init__(self, field: str, code: str, message: str) -> None:
        super().__init__(message)
        self.field, self.code = field, code


def line_of(number: str, day: dt.date) -> Subscription:
    """Whose line it was on `day`: a number that was recycled has had several. Raises CannotTell."""
    try:
        msisdn = number if ":" in number else normalise(number)
    except BadNumber as error:
        raise CannotTell("line", "bad_number", str(error)) from None
    lines = Subscription.objects.filter(msisdn=msisdn).select_related("customer")
    fitting = [one for one in lines if _held(one, day)]
    if not fitting:
        raise CannotTell("line", "unknown", _("Nobody has or had this line then."))
    return max(fitting, key=lambda one: (one.is_held, one.pk))


def _held(line: Subscription, day: dt.date) -> bool:
    """Bills and usage name a month: the whole of the line's first and last month is its own."""
    if line.ended_on is not None and line.ended_on < day.replace(day=1):
        return False
    return line.activated_on is None or line.activated_on.replace(day=1) <= day


@transaction.atomic
def tell(model: type[Fact], *, line: Subscription, said: dict[str, Any]) -> tuple[Fact, bool]:
    """The fact, and whether it is new. Raises CannotTell where the reference is another line's."""
    rolling.lock_facts()
    name = REFERENCE[model]
    key = {name: said[name]} | ({"subscription": line} if model is Usage else {})
    fact = model._default_manager.select_for_update().filter(**key).first()
    if fact is not None and fact.subscription_id != line.pk:
        raise CannotTell(name, "taken", _("This reference belongs to another line."))
    values = {field: one for field, one in said.items() if field not in key}
    if fact is None:
        fact = model._default_manager.create(**{"customer": line.customer, "subscription": line} | key | values)
        return _told(fact, new=True)
    if any(getattr(fact, field) != one for field, one in values.items()):
        for field, one in values.items():
            setattr(fact, field, one)
        fact.recorded_at = timezone.now()
        fact.save()
        return _told(fact, new=False)
    return fact, False


def _told(fact: Fact, *, new: bool) -> tuple[Fact, bool]:
    month = getattr(fact, "month", None) or getattr(fact, "bought_on", None)
    if month is not None:
        rolling.refresh_line(fact.subscription_id, month.replace(day=1).isoformat())
    kind = f"{fact._meta.model_name}.{'told' if new else 'corrected'}"
    record(kind, subject=fact, customer_id=fact.customer_id, subscription=fact.subscription_id)
    return fact, new
