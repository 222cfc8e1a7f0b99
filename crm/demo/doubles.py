"""A few customers who were written down twice, for the room of duplicates."""

import datetime as dt
import random

from crm.customers.actions import find_or_create_customer
from crm.customers.duplicates import look_for_duplicates
from crm.customers.models import Customer
from crm.demo.customers import Somebody

DOUBLES = 3


def write_down_twice(people: list[Somebody], rng: random.Random, now: dt.datetime) -> None:
    """The counter knew the birth date, and did not look whether there was a record."""
    named = [one.customer for one in people if one.customer.kind == Customer.Kind.PERSON and " " in one.customer.name]
    for number, customer in enumerate(sorted(named, key=lambda one: one.pk)[:DOUBLES]):
        born = dt.date(rng.randint(1965, 2004), rng.randint(1, 12), rng.randint(1, 28))
        email = f"loket{number + 1}.{customer.name.split()[0].lower()}@surel.example"
        double = find_or_create_customer(email=email, name=customer.name, at=now - dt.timedelta(days=number + 2))
        Customer.objects.filter(pk__in=[customer.pk, double.pk]).update(birth_date=born)
        Customer.objects.filter(pk=double.pk).update(city=customer.city)
    look_for_duplicates(at=now)
