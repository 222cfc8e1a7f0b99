"""What this room holds on a customer (crm/customers/holdings.py): answers kept for a repeated request."""

from crm.api.models import KeptAnswer
from crm.customers import holdings
from crm.customers.holdings import Person, bearing


def register() -> None:
    holdings.register("api", erase=erase)


def erase(person: Person) -> list[str]:
    """That the request was made stays, so that it is not done twice; a repetition is answered with less."""
    for field in ("body", "headers"):
        bearing(KeptAnswer.objects.all(), field, person).update(body="{}", headers={})
    return []
