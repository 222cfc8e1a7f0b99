"""Who somebody is on the networks, and what was said there between them and our official accounts, newest first."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from crm.customers.models import ContactPoint, Customer
from crm.desk.conversation import SOCIAL
from crm.desk.customer.contacts import standing
from crm.desk.customer.paging import page_back
from crm.staff.guard import StaffRequest
from crm.staff.models import User
from crm.timeline.models import Channel, Interaction
from social.models import Post, Profile

SIZE = 25
KINDS: dict[str, Promise] = {
    "": pgettext_lazy("social contacts", "All"),
    "public": pgettext_lazy("social contacts", "In public"),
    "private": pgettext_lazy("social contacts", "In private"),
    "aside": pgettext_lazy("social contacts", "Only mentioned us"),
}


@dataclass(frozen=True)
class Handle:
    """`profile`: what the network last said of it, where it did."""

    point: ContactPoint
    profile: Profile | None

    @property
    def network(self) -> str:
        return str(dict(Channel.choices).get(self.point.network, self.point.network))

    @property
    def written(self) -> str:
        """As its owner writes it."""
        return "@" + ((self.profile and self.profile.display) or self.point.display or self.point.value).lstrip("@")

    @cached_property
    def proof(self) -> Any:
        return next((one for one in self.point.proofs.all() if one.undone_at is None), None)


@dataclass(frozen=True)
class Said:
    """A contact, or a post of theirs that became none."""

    what: Interaction | Post

    @property
    def channel(self) -> str:
        return self.what.account.network if isinstance(self.what, Post) else self.what.channel

    @property
    def network(self) -> str:
        return str(dict(Channel.choices).get(self.channel, self.channel))

    @property
    def account(self) -> str:
        return self.what.account.handle if isinstance(self.what, Post) else self.what.account

    @property
    def is_ours(self) -> bool:
        return isinstance(self.what, Interaction) and not self.what.is_inbound

    @property
    def title(self) -> str:
        if isinstance(self.what, Post):
            return _("Post without a case")
        if self.is_ours:
            return _("Our public answer") if self.what.is_public else _("Our private message")
        return _("Public mention") if self.what.is_public else _("Private message")

    @property
    def case(self) -> Any:
        link = getattr(self.what, "in_case", None)
        return link.case if link else None


def fetch(customer: Customer, request: StaffRequest) -> dict[str, Any]:
    kind = request.GET.get("of", "")
    kind = kind if kind in KINDS else ""
    counts = _counts(customer, request.user)
    found, after = page_back(_rows(customer, request.user, kind), "at", request.GET.get("after", ""), SIZE)
    return {
        "handles": handles_of(customer), "said": [Said(one) for one in found], "after": after, "of": kind,
        "kinds": [(code, word, counts[code]) for code, word in KINDS.items() if counts[code] or code in ("", kind)],
    }  # fmt: skip


def count(customer: Customer) -> int:
    """Handles."""
    return customer.contact_points.filter(kind=ContactPoint.Kind.HANDLE).count()


def handles_of(customer: Customer) -> list[Handle]:
    """The proven ones first; three queries, however many."""
    points = list(
        customer.contact_points.filter(kind=ContactPoint.Kind.HANDLE)
        .prefetch_related("proofs__by")
        .order_by("verified_at", "network", "pk")
    )
    named = {(one.network, one.value) for one in points}
    known = Profile.objects.filter(
        network__in={network for network, _handle in named}, handle__in={handle for _network, handle in named}
    )
    profiles = {(one.network, one.handle): one for one in known.order_by("seen_at")}
    return [Handle(one, profiles.get((one.network, one.value))) for one in points]


def _contacts(customer: Customer) -> QuerySet[Interaction]:
    return standing(customer).filter(channel__in=SOCIAL)


def _posts(customer: Customer, user: User) -> QuerySet[Post]:
    """That became no contact: those which did are told by it."""
    return Post.objects.visible_to(user).filter(customer=customer, interaction=None)


def _rows(customer: Customer, user: User, kind: str) -> QuerySet[Any]:
    if kind == "aside":
        return _posts(customer, user).select_related("account")
    contacts = _contacts(customer).select_related("in_case__case").defer("html")
    return contacts.filter(is_public=kind == "public") if kind else contacts


def _counts(customer: Customer, user: User) -> dict[str, int]:
    public = Count("pk", filter=Q(is_public=True))
    counted = _contacts(customer).aggregate(n=Count("pk"), public=public)
    return {
        "": counted["n"], "public": counted["public"], "private": counted["n"] - counted["public"],
        "aside": _posts(customer, user).count(),
    }  # fmt: skip
