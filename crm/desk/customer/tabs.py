"""The tabs of a customer's page, in order. Whoever adds one adds a line here and a template that extends page.html."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.customers.models import Customer
from crm.desk.customer import bills, caring, cases, history, identity, measures, overview, privacy, social
from crm.staff.access import may
from crm.staff.guard import StaffRequest
from crm.staff.models import User


@dataclass(frozen=True)
class Tab:
    """`fetch` gives the template what it shows; `count` the figure beside the title, where one helps."""

    code: str
    title: Promise
    template: str
    fetch: Callable[[Customer, StaffRequest], dict[str, Any]]
    right: str = "customer.read"
    count: Callable[[Customer], int] | None = None


TABS = (
    Tab("overview", _("Overview"), "desk/customer/overview.html", overview.fetch),
    Tab("identity", _("Identity"), "desk/customer/identity.html", identity.fetch, count=identity.count),
    Tab("bills", _("Subscriptions & bills"), "desk/customer/bills.html", bills.fetch, count=bills.count),
    Tab("cases", _("Cases"), "desk/customer/cases.html", cases.fetch, "case.read", count=cases.count),
    Tab(
        "caring",
        pgettext_lazy("customer's tab", "Caring"),
        "desk/customer/caring.html",
        caring.fetch,
        count=caring.count,
    ),
    Tab("measures", _("Measures"), "desk/customer/measures.html", measures.fetch),
    Tab(
        "social",
        pgettext_lazy("customer's tab", "Social"),
        "desk/customer/social.html",
        social.fetch,
        count=social.count,
    ),
    Tab("privacy", _("Consent & privacy"), "desk/customer/privacy.html", privacy.fetch),
    Tab("history", _("History"), "desk/customer/history.html", history.fetch),
)


history.PAGES.update({tab.code: tab.title for tab in TABS})


@dataclass(frozen=True)
class Shown:
    title: str
    url: str
    current: bool
    count: int


def tab_of(code: str) -> Tab | None:
    return next((tab for tab in TABS if tab.code == code), None)


def shown_to(user: User, customer: Customer, current: Tab) -> list[Shown]:
    return [
        Shown(str(tab.title), url_of(customer, tab), tab is current, tab.count(customer) if tab.count else 0)
        for tab in TABS
        if may(user, tab.right)
    ]


def url_of(customer: Customer, tab: Tab) -> str:
    if tab.code == "overview":
        return reverse("desk:customer", args=[customer.pk])
    return reverse("desk:customer_tab", args=[customer.pk, tab.code])
