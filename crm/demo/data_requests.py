"""What some of the demo's customers asked of their data: open, nearly due, for a second person, decided."""

import datetime as dt

from crm.cases.actions import add_interaction, settle_case
from crm.customers import holdings
from crm.customers.models import Customer
from crm.demo.customers import Somebody
from crm.demo.people import Cast
from crm.privacy.asking import open_request
from crm.privacy.deciding import grant, propose_erasure, refuse
from crm.privacy.models import DataRequest
from crm.privacy.words import Kind

# Kind, hours ago, what becomes of it, in their words.
ASKED = (
    (Kind.ACCESS, 6, "", "Saya ingin tahu data apa saja yang disimpan tentang saya."),
    (Kind.CORRECTION, 69, "", "Nama di tagihan salah satu huruf, tolong dibetulkan."),
    (Kind.WITHDRAWAL, 30, "grant", "Saya tidak mau lagi menerima penawaran apa pun."),
    (Kind.CORRECTION, 90, "refuse", "Tolong ubah tanggal tagihan bulan lalu."),
)
ANSWER = "Permintaan Anda kami terima dan kami jawab dalam 3 x 24 jam."
DECIDED = {
    "grant": "Semua persetujuan diakhiri.",
    "refuse": "Tagihan sudah terbit: UU KUP pasal 28.",
}
ERASE = "Saya sudah tidak berlangganan, tolong hapus data saya."


def ask_about_data(cast: Cast, people: list[Somebody], now: dt.datetime) -> None:
    persons = [one.customer for one in people if one.lines and one.customer.kind == Customer.Kind.PERSON]
    for customer, (kind, hours, act, words) in zip(persons[100:], ASKED, strict=False):
        at = now - dt.timedelta(hours=hours)
        request = _ask(cast, customer, kind, words, at)
        if act:
            later = at + dt.timedelta(hours=20)
            {"grant": grant, "refuse": refuse}[act](
                request=request, reason=DECIDED[act], by=cast.users["ratna"], at=later
            )
            settle_case(case=request.case, outcome="solved", text=DECIDED[act], by=cast.users["sari"], at=later)
    # Somebody against whose erasure nothing stands: neither a bill nor a running case.
    free = next(one for one in persons[110:] if not holdings.forbids(holdings.person_of(one)))
    request = _ask(cast, free, Kind.ERASURE, ERASE, now - dt.timedelta(hours=26))
    at = now - dt.timedelta(hours=3)
    propose_erasure(request=request, reason="Tidak ada tagihan tersisa.", by=cast.users["ratna"], at=at)


def _ask(cast: Cast, customer: Customer, kind: str, words: str, at: dt.datetime) -> DataRequest:
    sari = cast.users["sari"]
    request = open_request(customer=customer, kind=kind, words=words, channel="counter", by=sari, asked_at=at, at=at)
    soon = at + dt.timedelta(minutes=4)
    add_interaction(case=request.case, direction="out", channel="counter", text=ANSWER, by=sari, at=soon)
    request.case.refresh_from_db()
    return request
