"""Three hundred customers: invented people and companies with their lines, numbers, addresses and handles."""

import datetime as dt
import random
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from crm.customers.models import ContactPoint, Customer, Subscription, Tier
from crm.customers.products import ensure_products
from crm.timeline.models import Channel

NAMES = tomllib.loads((Path(__file__).parent / "names.toml").read_text())
PERSONS, COMPANIES, ONLY_HANDLE = 241, 45, 14
# Lower end of the monthly revenue of a tier, in rupiah (domain.md §5).
TIERS = (
    (1_000_000, Tier.PLATINUM),
    (500_001, Tier.GOLD),
    (150_001, Tier.SILVER),
    (50_001, Tier.BRONZE),
    (0, Tier.BASIC),
)
PREPAID, POSTPAID, HOME = ("simPATI", "KartuAS"), ("kartuHALO",), "Speedy"
NETWORKS = (Channel.X, Channel.INSTAGRAM, Channel.FACEBOOK)
MOBILE_PREFIXES = (811, 812, 813, 821, 822, 852, 853)


@dataclass
class Somebody:
    """A customer with what the stories need to know of them."""

    customer: Customer
    city: dict
    points: list[ContactPoint] = field(default_factory=list)
    lines: list[Subscription] = field(default_factory=list)

    @property
    def office(self) -> str:
        return self.city.get("office", f"GraPARI {self.city['name']}")

    def can_be_reached_by(self, channel: str) -> bool:
        """A handle of the network, an e-mail for e-mail, a number for what is spoken or texted."""
        if channel in NETWORKS:
            return any(point.network == channel for point in self.points)
        needed = {Channel.EMAIL: "email", Channel.WEB: "email", Channel.LETTER: "post", Channel.PRESS: "post"}
        return any(point.kind == needed.get(Channel(channel), "msisdn") for point in self.points)


class Registry:
    """Makes customers; hands out numbers and handles that nobody else has."""

    def __init__(self, rng: random.Random, now: dt.datetime) -> None:
        self.rng, self.now = rng, now
        self.numbers = iter(rng.sample(range(1000, 9999), 2000))
        # An imported archive may be there already, with customers of its own.
        self.taken = {":".join(row) for row in ContactPoint.objects.values_list("kind", "network", "value")}

    def everybody(self) -> list[Somebody]:
        people = [self.person() for _ in range(PERSONS)]
        people += [self.company() for _ in range(COMPANIES)]
        people += [self.stranger() for _ in range(ONLY_HANDLE)]
        self.rng.shuffle(people)
        ensure_products()
        Customer.objects.bulk_create(one.customer for one in people)
        ContactPoint.objects.bulk_create(point for one in people for point in one.points)
        Subscription.objects.bulk_create(line for one in people for line in one.lines)
        return people

    def person(self) -> Somebody:
        woman = self.rng.random() < 0.5
        if self.rng.random() < 0.12:
            name = self.rng.choice(NAMES["single"])
        else:
            given = self.rng.choice(NAMES["women" if woman else "men"])
            name = f"{given} {self.rng.choice([family for family in NAMES['family'] if family != given])}"
        honorific = self.rng.choices(["Ibu" if woman else "Bapak", "Kak", ""], [6, 3, 1])[0]
        somebody = self._settle(Customer(kind=Customer.Kind.PERSON, name=name, honorific=honorific))
        self._give_lines(somebody, self.rng.choices([1, 2, 3], [6, 3, 1])[0], company=False)
        self._give_contacts(somebody, slug(name))
        return somebody

    def company(self) -> Somebody:
        words = (self.rng.choice(NAMES[key]) for key in ("company_forms", "company_words", "company_trades"))
        somebody = self._settle(Customer(kind=Customer.Kind.COMPANY, name=" ".join(words)))
        self._give_lines(somebody, self.rng.randint(2, 6), company=True)
        self._add(somebody, "email", f"admin@{slug(somebody.customer.name)}.example", verified=True)
        self._add(somebody, "msisdn", somebody.lines[0].msisdn, verified=True)
        self._add_address(somebody)
        return somebody

    def stranger(self) -> Somebody:
        """Known by a handle alone: a claim until identity is proven in private."""
        somebody = self._settle(Customer(kind=Customer.Kind.PERSON))
        somebody.customer.since = None
        area = self.rng.choice(somebody.city["areas"])
        handle = f"{slug(area)[:12]}{self.rng.randint(10, 99)}"
        self._add(somebody, "handle", handle, network=self.rng.choice(NETWORKS))
        return somebody

    def _settle(self, customer: Customer) -> Somebody:
        city = self.rng.choices(NAMES["cities"], [city["weight"] for city in NAMES["cities"]])[0]
        customer.city, customer.time_zone = city["name"], city["zone"]
        days = self.rng.randint(60, 5000)
        customer.since = (self.now - dt.timedelta(days=days)).date()
        customer.created_at = self.now - dt.timedelta(days=min(days, 400))
        return Somebody(customer, city)

    def _give_lines(self, somebody: Somebody, count: int, company: bool) -> None:
        products = POSTPAID if company or self.rng.random() < 0.35 else PREPAID
        somebody.lines = [self._line(somebody, self.rng.choice(products)) for _ in range(count)]
        if self.rng.random() < 0.2:
            somebody.lines.append(self._line(somebody, HOME))
        somebody.lines[0].state = Subscription.State.ACTIVE
        revenue = sum(line.arpu for line in somebody.lines)
        somebody.customer.tier = next(tier for least, tier in TIERS if revenue >= least)

    def _line(self, somebody: Somebody, product: str) -> Subscription:
        number = next(self.numbers)
        prefix = "22" if product == HOME else self.rng.choice(MOBILE_PREFIXES)
        typical = {"KartuAS": 35_000, "simPATI": 110_000, HOME: 290_000}.get(product, 330_000)
        ended, runs = ("recycled", number % 40 + 1) if product in PREPAID else ("removed", None)
        return Subscription(
            customer=somebody.customer,
            msisdn=f"+62{prefix}0000{number}",
            product_id=product,
            postpaid=product in (*POSTPAID, HOME),
            state=self.rng.choices(["active", "grace" if product in PREPAID else "isolir", ended], [92, 6, 2])[0],
            state_since=self.now - dt.timedelta(days=number % 300 + 60),
            arpu=round(typical * self.rng.lognormvariate(0, 0.55) / 100) * 100,
            activated_on=somebody.customer.since,
            active_until=(self.now + dt.timedelta(days=runs)).date() if runs else None,
        )

    def _give_contacts(self, somebody: Somebody, name: str) -> None:
        mobile = next((line.msisdn for line in somebody.lines if line.product_id != HOME), "")
        self._add(somebody, "msisdn", mobile, verified=True)
        if self.rng.random() < 0.7:
            self._add(somebody, "email", f"{name}@surel.example", verified=self.rng.random() < 0.8)
        for network in self.rng.sample(NETWORKS, self.rng.choices([0, 1, 2], [3, 5, 2])[0]):
            handle = f"{name[:10]}{self.rng.choice(['', '_id', '77', '_ofc', '01'])}"  # X allows 15, and no dot
            self._add(somebody, "handle", handle, network=network, verified=self.rng.random() < 0.4)
        if self.rng.random() < 0.15:
            self._add_address(somebody)

    def _add_address(self, somebody: Somebody) -> None:
        street = f"{self.rng.choice(NAMES['streets'])} {self.rng.randint(1, 140)}"
        self._add(somebody, "post", f"{street}, {self.rng.choice(somebody.city['areas'])}, {somebody.city['name']}")

    def _add(self, somebody: Somebody, kind: str, value: str, network: str = "", verified: bool = False) -> None:
        value = self._own(kind, network, value if kind == "post" else value.lower())
        since = somebody.customer.created_at
        point = ContactPoint(customer=somebody.customer, kind=kind, network=network, value=value, display=value)
        point.created_at, point.verified_at = since, since if verified else None
        somebody.points.append(point)

    def _own(self, kind: str, network: str, value: str) -> str:
        """`value`, or the same with a number where somebody has it: two may share a name, never an address."""
        tail, candidate = 2, value
        while f"{kind}:{network}:{candidate}" in self.taken:
            candidate = value.replace("@", f"{tail}@") if "@" in value else f"{value}{tail}"
            tail += 1
        self.taken.add(f"{kind}:{network}:{candidate}")
        return candidate


def slug(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
