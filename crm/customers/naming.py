"""How a customer is named in what leaves the house as a file."""

from django.utils.translation import gettext as _

from crm.customers.models import Customer


def name_outside(customer: Customer, otherwise: str = "") -> str:
    """By name, else `otherwise` (a handle); one whose data rests by the number of the record alone."""
    if customer.restricted_at:
        return _("#%(number)s, restricted") % {"number": customer.pk}
    return customer.name or otherwise or str(customer)
