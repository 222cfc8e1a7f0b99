"""Yesterday at the telephone: calls with their wrap-ups, one that still waits for its own, and a missed one."""

import datetime as dt
import random

from crm.calls.actions import choose_customer, hear, wrap_up
from crm.calls.defaults import ensure_reasons
from crm.calls.models import Call, CallReason
from crm.customers.models import ContactPoint
from crm.staff.actions.presence import set_presence
from crm.staff.models import Role, User

SAID = {
    "network": ("Jaringan lambat sejak malam; sudah dicek, normal kembali.", "solved", ""),
    "bill": ("Menanyakan tagihan bulan lalu; rincian sudah dijelaskan.", "solved", ""),
    "product": ("Ingin paket roaming ke Singapura minggu depan.", "goes_on", "Kirim pilihan paket lewat SMS"),
    "thanks": ("Berterima kasih, perbaikan kemarin cepat.", "solved", ""),
    "leave": ("Ingin pindah operator karena sinyal di rumah.", "call_back", "Telepon lagi setelah cek lapangan"),
}
MENU = {"network": "Gangguan", "bill": "Tagihan", "product": "Paket", "thanks": "Lainnya", "leave": "Lainnya"}
MANY = 24


def answer_the_telephone(rng: random.Random, now: dt.datetime) -> None:
    """The agents get their extensions, and are afterwards where they were."""
    ensure_reasons()
    agents = list(User.objects.filter(is_active=True, role=Role.AGENT).order_by("pk"))
    for place, agent in enumerate(agents):
        User.objects.filter(pk=agent.pk).update(extension=str(2101 + place))
    points = list(ContactPoint.objects.filter(kind="msisdn", customer__erased_at=None).order_by("pk")[:400])
    for place, point in enumerate(rng.sample(points, min(MANY, len(points)))):
        began = now - dt.timedelta(hours=rng.uniform(17, 28))
        _call(rng, f"demo-{place}", rng.choice(agents), point, began, wraps=place > 0, missed=place == 1)
    for agent in agents:
        set_presence(user=User.objects.get(pk=agent.pk), presence=agent.presence)


def _call(
    rng: random.Random, told: str, agent: User, point: ContactPoint, at: dt.datetime, *, wraps: bool, missed: bool
) -> None:
    code = rng.choice(list(SAID))
    waited, length = rng.randint(4, 95), dt.timedelta(seconds=rng.randint(70, 600))
    hear(exchange_id=told, kind="ringing", agent=agent, msisdn=point.value, ivr=MENU[code], waited=waited, at=at)
    answered = at + dt.timedelta(seconds=rng.randint(3, 14))
    if not missed:
        hear(exchange_id=told, kind="answered", agent=agent, at=answered)
    ended = answered + length
    hear(exchange_id=told, kind="ended", at=ended)
    call = Call.objects.get(exchange_id=told)
    if call.customer_id is None:
        call = choose_customer(call=call, customer=point.customer, by=agent)
    if wraps and not missed:
        note, result, next_step = SAID[code]
        reason = CallReason.objects.get(code=code)
        after = ended + dt.timedelta(seconds=rng.randint(20, 110))
        wrap_up(call=call, reason=reason, by=agent, result=result, note=note, next_step=next_step, at=after)
