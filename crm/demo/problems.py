"""Problems of the demo operator: one solved last week, one that runs, and one that the desk should look at."""

import datetime as dt
import random

from crm.cases import actions
from crm.cases.gathering import propose_problems
from crm.cases.models import Case, Category, ProblemCase
from crm.cases.queries import CaseQuerySet
from crm.demo.customers import Somebody
from crm.demo.people import Cast
from crm.demo.scene import ACCOUNTS
from crm.demo.story import IN_THE_OPEN
from crm.staff.models import User
from crm.timeline.models import Channel, Direction

FAULTS = ("outage", "signal", "data-speed")
PLACE, CITY = "Dago", "Bandung"
# How long ago in minutes, on which channel, in whose words.
GATHERING = (
    (265, Channel.X, "@sapa_care Dago kok lemot banget min, sinyal muncul hilang dari tadi"),
    (248, Channel.WHATSAPP, "Selamat siang, sinyal di Dago Atas hilang. Internet putus terus, mohon dicek."),
    (231, Channel.X, "@sapa_care sinyal di Dago hilang dari tadi, padahal tagihan sudah lunas"),
    (176, Channel.INSTAGRAM, "Min, no signal di Juanda sampai Dago. Sinyal hilang semua teman sekantor."),
    (140, Channel.CALL, "Pelanggan melaporkan data lambat dan sinyal hilang di Dago sejak pukul sepuluh."),
    (98, Channel.FACEBOOK, "Dago dan sekitarnya sinyal hilang, lemot sekali. Ada perbaikan?"),
    (61, Channel.WHATSAPP, "Wifi kos saya di Dago mati, sinyal ponsel juga tinggal satu batang."),
)
ANSWER = "Halo {who}, terima kasih sudah mengabari. Kami periksa jaringan di Dago dan segera kami kabari di sini."


def gather_problems(cast: Cast, people: list[Somebody], rng: random.Random, now: dt.datetime) -> None:
    running, settled = _network(Case.objects.running()), _network(Case.objects.filter(state="settled"))
    solve_one(cast, settled, now)
    open_one(cast, running, now)
    propose_one(cast, people, rng, now)


def solve_one(cast: Cast, settled: CaseQuerySet, now: dt.datetime) -> None:
    """A fibre that was cut and mended; everybody has been called."""
    cases, boss = list(settled.order_by("-settled_at")[:6]), cast.users["ratna"]
    if not cases:
        return
    began = max(case.settled_at for case in cases if case.settled_at)
    problem = actions.open_problem(
        title="Kabel serat putus, Panakkukang", place="Panakkukang", by=boss, cases=cases,
        category=Category.objects.get(code="outage"), since=began - dt.timedelta(hours=9),
        division=cast.divisions["network"], at=began,
    )  # fmt: skip
    actions.note_on(
        problem=problem, text="Tim lapangan menyambung kembali di tiang 14.", by=cast.users["togar"], at=began
    )
    ended = min(now, began + dt.timedelta(hours=2))
    actions.solve_problem(problem=problem, solution="Kabel disambung kembali dan diuji.", by=boss, at=ended)
    for hanging in ProblemCase.objects.filter(problem=problem):
        actions.told_by_voice(hanging=hanging, by=cast.users["sari"], at=ended)


def open_one(cast: Cast, running: CaseQuerySet, now: dt.datetime) -> None:
    cases, boss = list(running.order_by("due_at")[:8]), cast.users["ratna"]
    problem = actions.open_problem(
        title="Kapasitas data turun pada jam sibuk", place="Jabodetabek", by=boss, cases=cases,
        category=Category.objects.get(code="data-speed"), since=now - dt.timedelta(hours=30),
        division=cast.divisions["network"], at=now - dt.timedelta(hours=5),
    )  # fmt: skip
    said = "Penambahan kapasitas dijadwalkan malam ini pukul 23.00. Mohon kabari pelanggan besok pagi."
    actions.note_on(problem=problem, text=said, by=cast.users["togar"], at=now - dt.timedelta(hours=2))


def propose_one(cast: Cast, people: list[Somebody], rng: random.Random, now: dt.datetime) -> None:
    """Seven people in one district within a few hours, answered in time and still without a signal."""
    here = [one for one in people if one.customer.city == CITY]
    rng.shuffle(here)
    signal = Category.objects.get(code="signal")
    for number, (minutes, channel, text) in enumerate(GATHERING):
        somebody = next((one for one in here if one.can_be_reached_by(channel)), None)
        if somebody is None:
            continue
        here.remove(somebody)
        at = now - dt.timedelta(minutes=minutes)
        case = actions.open_case(
            customer=somebody.customer, channel=channel, text=text, kind="complaint", category=signal, place=PLACE,
            account=ACCOUNTS.get(channel, ""), conversation=f"demo-dago-{number}", is_public=channel in IN_THE_OPEN,
            at=at,
        )  # fmt: skip
        _answered(case, rng.choice(cast.agents_of(cast.team_taking(channel))), at + dt.timedelta(minutes=4))
    propose_problems(now)


def _answered(case: Case, agent: User, at: dt.datetime) -> None:
    actions.assign_case(case=case, assignee=agent, by=agent, at=at - dt.timedelta(minutes=1))
    who = case.customer.name.split()[0] if case.customer.name else "Kak"
    actions.add_interaction(
        case=case, direction=Direction.OUT, channel=case.channel, account=case.account, by=agent, at=at,
        text=ANSWER.format(who=f"{case.customer.honorific} {who}".strip()), conversation=case.conversation,
    )  # fmt: skip


def _network(cases: CaseQuerySet) -> CaseQuerySet:
    found: CaseQuerySet = cases.live().filter(category__code__in=FAULTS, hangs_on__isnull=True)
    return found
