"""Where a task's customer is reached on a channel: the line itself, else what they gave us that is not in doubt."""

from django.db.models import Exists, OuterRef

from caring.models import Task
from caring.words import Way
from crm.cases.models import Case
from crm.customers.contacting import KINDS
from crm.customers.models import Address, Correction, Customer

# Letters go where bills go; a visit to where they live, which is the town that decides whose visit it is.
ADDRESSES: dict[str, tuple[str, ...]] = {
    Way.LETTER: ("billing", "home"),
    Way.VISIT: ("home", "line", "office"),
}


def recipient_of(task: Task, way: str) -> str:
    """A number or an address; empty where none can be used."""
    if way == Way.EMAIL:
        return _point(task.customer, way)
    if way in (Way.LETTER, Way.VISIT):
        return _address(task.customer, way)
    return _number(task) or _point(task.customer, way)


def case_of(task: Task) -> Case | None:
    """The case that the task is about."""
    return Case.objects.filter(pk=task.facts.get("case")).first() if task.facts.get("case") else None


def _number(task: Task) -> str:
    """The line's own, unless somebody else answered there."""
    line = task.subscription
    if line is None or not line.is_held or not line.msisdn.startswith("+"):  # others are no numbers
        return ""
    wrong = Correction.objects.open().filter(customer=task.customer, thing=Correction.LINE, thing_id=line.pk)
    return "" if wrong.exists() else line.msisdn


def _point(customer: Customer, way: str) -> str:
    """Proven ones first; what is on the list of corrections is not used."""
    open_ones = Correction.objects.open().filter(thing=Correction.CONTACT, thing_id=OuterRef("pk"))
    points = customer.contact_points.filter(~Exists(open_ones), kind=KINDS[way])
    found = points.order_by("verified_at", "pk").first()
    return found.value if found else ""


def address_of(customer: Customer, way: str) -> Address | None:
    found = {one.kind: one for one in customer.addresses.all()}
    named = next((found[kind] for kind in ADDRESSES[way] if kind in found), None)
    return named or next(iter(found.values()), None)


def _address(customer: Customer, way: str) -> str:
    address = address_of(customer, way)
    return f"{customer.name}\n{address.in_full}" if address else ""
