"""The people that tests are about."""

import datetime as dt
from collections.abc import Iterable
from itertools import count
from typing import Any

from crm.cases.actions import open_case
from crm.cases.models import Case
from crm.customers.models import ContactPoint, Customer, Product, Subscription
from crm.staff.models import Division, Role, Team, User

_number = count(1)
PREPAID = {"simPATI", "KartuAS", "Flexi Trendy"}


def a_team(name: str = "Social desk", **fields: Any) -> Team:
    return Team.objects.create(code=f"team-{next(_number)}", name=name, **fields)


def a_member(
    name: str = "Sari Wulandari", role: str = Role.AGENT, *, teams: tuple[Team, ...] = (), **fields: Any
) -> User:
    number = next(_number)
    user = User(username=f"staff{number}", email=f"staff{number}@sapa.example", name=name, role=role, **fields)
    user.team = teams[0] if teams else None
    user.save()
    user.teams.set(teams)
    return user


def a_division(name: str = "Jaringan", **fields: Any) -> Division:
    return Division.objects.create(code=f"division-{next(_number)}", name=name, name_en="Network", **fields)


def a_customer(name: str = "Rina Maharani", *, email: str = "", msisdn: str = "", **fields: Any) -> Customer:
    customer = Customer.objects.create(name=name, **fields)
    for kind, value in (("email", email), ("msisdn", msisdn)):
        if value:
            ContactPoint.objects.create(customer=customer, kind=kind, value=value)
    return customer


def a_line(customer: Customer, msisdn: str, product: str = "simPATI", **fields: Any) -> Subscription:
    Product.objects.get_or_create(code=product, defaults={"postpaid": product not in PREPAID})
    fields = {"postpaid": product not in PREPAID} | fields
    return Subscription.objects.create(customer=customer, msisdn=msisdn, product_id=product, **fields)


def a_case(at: dt.datetime | None = None, *, customer: Customer | None = None, **fields: Any) -> Case:
    fields = {"channel": "call", "text": "Sinyal hilang sejak pagi.", "kind": "complaint"} | fields
    return open_case(customer=customer or a_customer(), at=at, **fields)


def last_said(case: Case) -> int:
    """What a page that was opened just now has before its reader: the newest contact of the case."""
    return case.entries.latest("interaction_id").interaction_id


def copies(cases: Iterable[Case], times: int) -> list[Case]:
    """Of each case as many more, unsaved: for `bulk_create` where only the number of cases matters."""
    names = [field.attname for field in Case._meta.concrete_fields if field.name not in ("id", "number")]
    return [Case(**{name: getattr(case, name) for name in names}) for case in cases for _ in range(times)]
