"""The people that tests are about."""

import datetime as dt
from itertools import count
from typing import Any

from crm.cases.actions import open_case
from crm.cases.models import Case
from crm.customers.models import ContactPoint, Customer
from crm.staff.models import Division, Role, Team, User

_number = count(1)


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


def a_case(at: dt.datetime | None = None, *, customer: Customer | None = None, **fields: Any) -> Case:
    fields = {"channel": "call", "text": "Sinyal hilang sejak pagi.", "kind": "complaint"} | fields
    return open_case(customer=customer or a_customer(), at=at, **fields)
