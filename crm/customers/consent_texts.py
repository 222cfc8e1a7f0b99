"""The texts that are read before somebody answers: those of a new installation, and which is in force."""

import datetime as dt
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.customers.errors import TextMoved
from crm.customers.models import ConsentText, Purpose
from crm.events.actions import record
from crm.staff.models import User

FIRST = 1  # version of the texts below; what is published counts on from it

DEFAULTS: dict[str, tuple[str, str]] = {
    Purpose.OFFERS: (
        "Bolehkah kami mengirim penawaran dan promosi produk kami kepada Bapak/Ibu melalui SMS, e-mail, pesan atau"
        " telepon? Layanan Bapak/Ibu tetap sama bila tidak setuju, dan persetujuan ini dapat ditarik kapan saja.",
        "May we send you offers and promotions of our products by SMS, e-mail, message or telephone? Your service stays"
        " the same if you say no, and you can take this consent back at any time.",
    ),
    Purpose.CARE: (
        "Bolehkah kami menyapa Bapak/Ibu di luar urusan layanan: ucapan selamat, terima kasih, dan telepon untuk"
        " menanyakan kabar layanan? Layanan Bapak/Ibu tetap sama bila tidak setuju, dan persetujuan ini dapat ditarik"
        " kapan saja.",
        "May we contact you beyond what your service needs: greetings, thanks, and a call to ask whether all is well?"
        " Your service stays the same if you say no, and you can take this consent back at any time.",
    ),
    Purpose.SURVEY: (
        "Bolehkah kami meminta penilaian Bapak/Ibu atas layanan kami melalui survei singkat? Jawaban dipakai untuk"
        " memperbaiki layanan saja. Persetujuan ini dapat ditarik kapan saja.",
        "May we ask for your opinion of our service in short surveys? The answers serve to make it better and nothing"
        " else. You can take this consent back at any time.",
    ),
    Purpose.PROFILING: (
        "Bolehkah kami mempelajari pemakaian nomor Bapak/Ibu (pulsa, data, tagihan) agar penawaran kami sesuai dengan"
        " kebutuhan? Isi percakapan dan pesan tidak pernah kami baca untuk itu. Persetujuan ini dapat ditarik kapan"
        " saja.",
        "May we study how your lines are used (credit, data, bills) so that what we offer fits you? We never read the"
        " content of calls or messages for it. You can take this consent back at any time.",
    ),
    Purpose.PARTNERS: (
        "Bolehkah kami meneruskan nama dan nomor Bapak/Ibu kepada mitra kami untuk penawaran mereka? Daftar mitra dapat"
        " diminta kepada petugas. Persetujuan ini dapat ditarik kapan saja.",
        "May we pass your name and number on to partners of ours, for offers of theirs? Our staff give you the list of"
        " partners on request. You can take this consent back at any time.",
    ),
}


class Text(NamedTuple):
    """One version in both languages; `published` is None for what a new installation comes with."""

    purpose: str
    version: int
    id: str
    en: str
    published: ConsentText | None = None

    def in_language(self, language: str) -> str:
        return self.en if language.startswith("en") else self.id


def texts_in_force(at: dt.datetime | None = None) -> dict[str, Text]:
    """Of each purpose the version that held at `at`: what a customer was read at that moment."""
    held = ConsentText.objects.select_related("by").filter(published_at__lte=at or timezone.now())
    newest = held.order_by("purpose", "-version").distinct("purpose")
    known = {one.purpose: Text(one.purpose, one.version, one.text, one.text_en, one) for one in newest}
    return {purpose: known.get(purpose) or Text(purpose, FIRST, *DEFAULTS[purpose]) for purpose in Purpose.values}


def text_in_force(purpose: str, at: dt.datetime | None = None) -> Text:
    return texts_in_force(at)[purpose]


@transaction.atomic
def publish_text(
    *, purpose: str, after: int, text: str, text_en: str, why: str, by: User, at: dt.datetime | None = None
) -> ConsentText:
    """The next version, in force from now on; what was agreed to stays agreed to under its own text.

    `after` is the version that the publisher had before them. Raises TextMoved when somebody else was quicker.
    """
    at = at or timezone.now()
    if text_in_force(purpose).version != after:
        raise TextMoved
    try:
        with transaction.atomic():
            published = ConsentText.objects.create(
                purpose=purpose, version=after + 1, text=text.strip(), text_en=text_en.strip(), why=why.strip(), by=by,
                published_at=at,
            )  # fmt: skip
    except IntegrityError as twice:
        raise TextMoved from twice
    record("consent_text.published", subject=published, by=by, at=at, purpose=purpose, version=published.version)
    return published
