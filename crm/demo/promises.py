"""What the demo's agents promised: most of it kept, some of it late, some still to come."""

import datetime as dt
import random
from collections.abc import Sequence

from crm.cases.actions import keep_promise, make_promise
from crm.cases.models import Case
from crm.cases.promise_sweep import sweep_promises
from crm.cases.queries import CaseQuerySet

HOUR = dt.timedelta(hours=1)
SAID = (
    "Menelepon kembali dengan hasil pengecekan", "Mengabari hasil dari divisi terkait", "Mengirim rincian tagihan",
    "Memastikan sinyal sudah pulih", "Mengonfirmasi jadwal kunjungan teknisi", "Mengabari penyesuaian tagihan",
)  # fmt: skip
PAST, TO_COME = 26, 5
LATE, BROKEN = 0.08, 0.07


def promise_things(rng: random.Random, now: dt.datetime) -> None:
    live = Case.objects.live().filter(assignee__isnull=False).select_related("assignee").order_by("-opened_at")
    for case in _some(rng, live.filter(opened_at__lt=now - 8 * HOUR), PAST):
        _long_ago(rng, case, now)
    for number, case in enumerate(_some(rng, live.running(), TO_COME)):
        due_at = now + HOUR * (0.15, 1, 4, 20, 45)[number % TO_COME]
        assert case.assignee is not None
        make_promise(case=case, text=rng.choice(SAID), due_at=due_at, by=case.assignee, at=now)
    sweep_promises()


def _long_ago(rng: random.Random, case: Case, now: dt.datetime) -> None:
    made_at = case.opened_at + HOUR
    due_at = min(made_at + rng.uniform(1, 20) * HOUR, now - HOUR)
    text, agent = rng.choice(SAID), case.assignee
    assert agent is not None
    promise = make_promise(case=case, text=text, due_at=due_at, by=agent, at=made_at)
    fate = rng.random()
    if fate > LATE + BROKEN:
        keep_promise(promise=promise, by=promise.keeper, at=made_at + (due_at - made_at) * rng.uniform(0.3, 0.95))
    elif fate > BROKEN:
        keep_promise(promise=promise, by=promise.keeper, at=due_at + 0.8 * HOUR)


def _some(rng: random.Random, cases: CaseQuerySet, number: int) -> Sequence[Case]:
    found = list(cases[: 8 * number])
    return rng.sample(found, min(number, len(found)))
