"""The first list of reasons, where there is none."""

from crm.calls.models import CallReason

REASONS = (
    ("network", "Jaringan: lambat, tidak ada sinyal", "Network: slow, no signal"),
    ("bill", "Tagihan atau pulsa", "Bill or credit"),
    ("product", "Paket, roaming, ganti kartu", "Plan, roaming, SIM swap"),
    ("leave", "Ingin berhenti", "Wants to leave"),
    ("thanks", "Terima kasih atau pujian", "Thanks or praise"),
    ("wrong", "Salah sambung", "Wrong number"),
    ("other", "Lainnya", "Other"),
)


def first_reasons() -> list[dict[str, object]]:
    return [
        {"code": code, "name": name, "name_en": name_en, "position": place}
        for place, (code, name, name_en) in enumerate(REASONS)
    ]


def ensure_reasons() -> None:
    if not CallReason.objects.exists():
        CallReason.objects.bulk_create(CallReason(**one) for one in first_reasons())
