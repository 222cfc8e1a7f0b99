"""Who a report may be mailed to: our own people, and addresses of the domains that the operator names."""

from collections.abc import Iterable

from django.conf import settings
from django.db.models.functions import Lower

from crm.staff.access import may
from crm.staff.models import User


def allowed(addresses: Iterable[str]) -> list[str]:
    """Those of the addresses that may receive one now: a colleague who left, or may read no reports, is not."""
    asked = [address.strip() for address in addresses if address.strip()]
    lowered = [address.lower() for address in asked]
    people = {one.lower: one for one in User.objects.annotate(lower=Lower("email")).filter(lower__in=lowered)}
    return [address for address in asked if _may_receive(address, people.get(address.lower()))]


def _may_receive(address: str, person: User | None) -> bool:
    """One of ours as their role says, also at an address of such a domain."""
    return may(person, "report.read") if person else _is_of_a_domain(address)


def _is_of_a_domain(address: str) -> bool:
    domain = address.rpartition("@")[2].lower()
    return domain in {named.lower().lstrip("@") for named in settings.REPORT_MAIL_DOMAINS}
