"""Finding a customer among a million: by number, former number, e-mail, handle, case, NIK; whole, part and misspelt
name.

The floor is one customer by id, in the same run.
"""

import random
import time
import tomllib
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from crm.cases.finding import customers_like
from crm.cases.models import Case
from crm.customers.models import ContactPoint, Customer, IdentityDocument, NumberChange, Product, Subscription
from crm.customers.name_words import learn_names
from crm.demo.bench import fill, table
from crm.lib.inserting import insert_select
from crm.lib.sealed import digest

TIMES = 60
NAMES = tomllib.loads((Path(__file__).parents[1] / "names.toml").read_text())
NUMBER = "'+62811' || lpad(({}.id)::text, 8, '0')"
NIK = "327301{:010}"


def run(options: Namespace) -> dict[str, Any]:
    _fill(options.n or 1_000_000)
    chance = random.Random(1)
    low, high = _bounds()
    ids = [chance.randint(low, high) for _ in range(TIMES)]
    names = dict(Customer.objects.filter(pk__in=ids).values_list("pk", "name"))
    cases = dict(Case.objects.filter(customer__in=ids).values_list("customer", "number"))
    _papers(ids)
    asked: dict[str, Callable[[int], str]] = {
        "number": lambda pk: f"0811-{pk:08}"[:9] + f"-{pk:08}"[-5:],
        "former number": lambda pk: f"0812{pk:08}",
        "e-mail": lambda pk: f"c{pk}@example.com",
        "handle": lambda pk: f"@person{pk}",
        "case": lambda pk: f"#{cases[pk]}",
        "NIK": NIK.format,
        "name": lambda pk: names[pk],
        "part of a name": lambda pk: names[pk].split()[-1][:5],
        "misspelt name": lambda pk: " ".join(_misspelt(word, chance) for word in names[pk].split()),
        "one misspelt word": lambda pk: _misspelt(names[pk].split()[-1], chance),
    }
    _find("warm up")
    taken = {kind: sorted(_timed(text(pk)) for pk in ids) for kind, text in asked.items()}
    floor = sorted(_of_id(pk) for pk in ids)
    rows = [(kind, table.percentile(ms, 50), table.percentile(ms, 95), ms[-1]) for kind, ms in taken.items()]
    rows.append(("by id (floor)", table.percentile(floor, 50), table.percentile(floor, 95), floor[-1]))
    table.show(f"Finding one of {high - low + 1:,} customers", ["by", "p50 ms", "p95 ms", "most ms"], rows)
    worst = max(p95 for kind, _p50, p95, _most in rows[:-1])
    return {"p95_ms": worst, "ratio": worst / rows[-1][2]} | {
        f"{kind.replace(' ', '_')}_p95_ms": p95 for kind, _p50, p95, _most in rows[:-1]
    }


def _misspelt(word: str, chance: random.Random) -> str:
    """One letter gone, two changed places, or one doubled: not the first."""
    if len(word) < 5:
        return word
    at = chance.randint(1, len(word) - 2)
    return chance.choice([word[:at] + word[at + 1 :], word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                          word[:at] + word[at] + word[at:]])  # fmt: skip


def _find(text: str) -> None:
    customers_like(text, cases=Case.objects.all(), papers=True)


def _timed(text: str) -> float:
    began = time.perf_counter()
    _find(text)
    return (time.perf_counter() - began) * 1000


def _of_id(pk: int) -> float:
    began = time.perf_counter()
    Customer.objects.get(pk=pk)
    return (time.perf_counter() - began) * 1000


def _bounds() -> tuple[int, int]:
    ids = Customer.objects.order_by("pk").values_list("pk", flat=True)
    return ids[0], ids.order_by("-pk")[0]


def _fill(size: int) -> None:
    """A million people with names as common as they are, each with a line that had another number before."""
    Product.objects.get_or_create(code="simPATI")
    given, family = NAMES["women"] + NAMES["men"], NAMES["family"] + NAMES["single"]
    name = " || ' ' || ".join(
        f"(ARRAY{words})[1 + abs(hashint4(i + {salt})) % {len(words)}]"
        for salt, words in ((11, given), (23, given + family), (37, family))
    )
    for first, last in fill._ranges(1, size):
        with transaction.atomic():
            fill._without_foreign_key_checks()
            insert_select(Customer, f"generate_series({first}, {last}) i", {"name": name, "created_at": "now()"})
    with transaction.atomic():
        fill._without_foreign_key_checks()
        _reachable()
    learn_names()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def _papers(known: list[int]) -> None:
    """A NIK on every record; of those that are asked for, its real digest."""
    paper = {
        "customer_id": "c.id",
        "kind": "'nik'",
        "digest": "md5(c.id::text) || md5('x' || c.id)",
        "checked_at": "now()",
    }
    insert_select(IdentityDocument, "customers_customer c", paper)
    for pk in set(known):
        IdentityDocument.objects.filter(customer=pk).update(digest=digest(NIK.format(pk)))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) customers_identitydocument")


def _reachable() -> None:
    for kind, value in (("msisdn", NUMBER.format("c")), ("email", "'c' || c.id || '@example.com'")):
        columns = {"customer_id": "c.id", "kind": f"'{kind}'", "value": value, "created_at": "now()"}
        insert_select(ContactPoint, "customers_customer c", columns)
    handle = {"customer_id": "c.id", "kind": "'handle'", "network": "'x'", "value": "'person' || c.id"}
    insert_select(ContactPoint, "customers_customer c", handle | {"created_at": "now()"})
    line = {"customer_id": "c.id", "msisdn": NUMBER.format("c"), "product_id": "'simPATI'", "state_since": "now()"}
    insert_select(Subscription, "customers_customer c", line)
    insert_select(Case, "customers_customer c", {"customer_id": "c.id", "created_at": "now()", "opened_at": "now()"})
    change = {"subscription_id": "s.id", "old": "'+62812' || lpad(s.customer_id::text, 8, '0')", "new": "s.msisdn"}
    insert_select(NumberChange, "customers_subscription s", change | {"at": "now()"})
