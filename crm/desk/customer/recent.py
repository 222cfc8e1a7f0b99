"""The customers that somebody opened last, in their session: ids alone."""

from django.http import HttpRequest

from crm.customers.models import Customer

KEY, KEPT = "customers", 8


def remember(request: HttpRequest, customer: Customer) -> None:
    """The newest first. A page that is opened again writes nothing."""
    known: list[int] = request.session.get(KEY, [])
    now = [customer.pk, *(pk for pk in known if pk != customer.pk)][:KEPT]
    if now != known:
        request.session[KEY] = now


def recent(request: HttpRequest) -> list[int]:
    return list(request.session.get(KEY, []))
