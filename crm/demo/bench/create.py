"""Opening cases through the API (case, two clocks, contact, event); the floor is the same rows by bare INSERT."""

import itertools
import json
import time
from argparse import Namespace
from typing import Any

from django.db import connection, transaction

from crm.cases.defaults import ensure_policy
from crm.cases.models import Case
from crm.customers.models import Customer
from crm.demo.bench import calls, fill, load, table
from crm.demo.bench.load import Request

CUSTOMERS = 10_000  # callers: each is found by number, as most of a call centre's are


def run(options: Namespace) -> dict[str, Any]:
    fill.cases(options.n or 1_000_000)
    headers = calls.api_headers() | {"Content-Type": "application/json"}
    statements = calls.queries_of(opening(0, headers))
    before = Case.objects.count()
    with load.server() as port:
        api = calls.rates(port, lambda i: opening(i, headers), options)
    opened = Case.objects.count() - before
    floor = bare_rate(options.seconds / 2)
    table.show(
        "Opening a case",
        ["", "per second", "p50 ms", "p99 ms"],
        [("API", api.rps, api.p50_ms, api.p99_ms), ("bare INSERT, one connection", floor, 1000 / floor, "")],
    )
    print(f"{len(statements)} statements a case, {opened} opened")  # noqa: T201
    return {"rps": api.rps, "p99_ms": api.p99_ms, "queries": len(statements), "ratio": api.rps / floor}


def opening(i: int, headers: dict[str, str]) -> Request:
    body = {
        "customer": {"msisdn": f"+62811{1 + i % CUSTOMERS:08}"},
        "channel": "call",
        "kind": "complaint",
        "text": f"Pelanggan menelepon: sinyal hilang sejak pagi ({i}).",
    }
    return Request("POST", "/api/v1/cases", headers, json.dumps(body).encode(), expect=201)


ROWS = """
WITH c AS (
  INSERT INTO cases_case (number, kind, state, waiting_for, subject, preview, priority, tags, customer_id, tier,
    channel, account, conversation, is_archive, party, opened_at, outcome, settlement, reopened, due_at, due_kind,
    last_direction, version, created_at)
  VALUES (nextval('case_number'), 'complaint', 'new', '', '', 'Words', 'normal', '{}', %(customer)s, '', 'call',
    '', '', false, 'team', now(), '', '', 0, now() + interval '30 days', 'response', 'in', 1, now())
  RETURNING id),
clocks AS (
  INSERT INTO cases_slaclock (case_id, kind, turn, policy_id, target_seconds, started_at, due_at, marks_passed, verdict,
    is_archive, failures, wake_for)
  SELECT id, kind, 1, %(policy)s, 900, now(), now() + interval '30 days', 0, '', false, 0, ''
  FROM c, unnest(ARRAY['response', 'resolution']) kind),
said AS (
  INSERT INTO timeline_interaction (customer_id, channel, account, direction, is_public, by_person, signature, subject,
    text, at, external_id, conversation, reply_to)
  VALUES (%(customer)s, 'call', '', 'in', false, true, '', '', 'Words', now(), '', '', '')
  RETURNING id),
joined AS (INSERT INTO cases_caseinteraction (interaction_id, case_id) SELECT said.id, c.id FROM said, c)
INSERT INTO events_event (kind, subject_type, subject_id, customer_id, at, facts)
SELECT 'case.opened', 'case', id, %(customer)s, now(), '{}' FROM c
"""


def bare_rate(seconds: float) -> float:
    """The same rows, one case a transaction, with nothing around them: how many cases a second."""
    customers = itertools.cycle(Customer.objects.values_list("id", flat=True)[:CUSTOMERS])
    policy, done, began = ensure_policy().pk, 0, time.perf_counter()
    with connection.cursor() as cursor:
        while time.perf_counter() - began < seconds:
            with transaction.atomic():
                cursor.execute(ROWS, {"customer": next(customers), "policy": policy})
            done += 1
    return done / (time.perf_counter() - began)
