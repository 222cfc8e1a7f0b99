"""How a letter looks on A4: letterhead, address, date, subject, text, signature. Pure but for the settings."""

from io import BytesIO
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, HRFlowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer

from crm.messaging.models import Message

TEXT = ParagraphStyle("text", fontName="Helvetica", fontSize=10.5, leading=15, spaceAfter=3 * mm)
HEAD = ParagraphStyle("head", parent=TEXT, fontName="Helvetica-Bold", fontSize=14, leading=18, spaceAfter=0)
SMALL = ParagraphStyle("small", parent=TEXT, fontSize=8.5, leading=11, spaceAfter=0)
DATE = ParagraphStyle("date", parent=TEXT, alignment=TA_RIGHT)
SUBJECT = ParagraphStyle("subject", parent=TEXT, fontName="Helvetica-Bold")
SIGNATURE_ROOM = 16 * mm


def draw(message: Message) -> bytes:
    """The letter as PDF, in the customer's language and dated in the customer's time zone."""
    paper = BytesIO()
    with translation.override(message.customer.language):
        document = SimpleDocTemplate(
            paper, pagesize=A4, leftMargin=25 * mm, rightMargin=25 * mm, topMargin=18 * mm, bottomMargin=20 * mm,
            title=message.subject or _("Our answer to you"), author=letterhead()[0], invariant=True,
        )  # fmt: skip
        document.build(_content(message))
    return paper.getvalue()


def letterhead() -> list[str]:
    """The sender's name and address, one line each."""
    return [line.strip() for line in settings.LETTERHEAD.split("|")]


def _content(message: Message) -> list[Flowable]:
    return [
        *_head(),
        Paragraph(_date(message), DATE),
        Paragraph(_lines(f"{message.customer.name}\n{message.recipient}"), TEXT),
        Spacer(1, 6 * mm),
        *([Paragraph(escape(message.subject), SUBJECT)] if message.subject else []),
        *(Paragraph(_lines(part), TEXT) for part in message.body.split("\n\n") if part.strip()),
        KeepTogether(_signature(message)),
    ]


def _head() -> list[Flowable]:
    name, *address = letterhead()
    return [
        Paragraph(escape(name), HEAD),
        *(Paragraph(escape(line), SMALL) for line in address),
        HRFlowable(width="100%", spaceBefore=3 * mm, spaceAfter=8 * mm),
    ]


def _date(message: Message) -> str:
    """'22 November 2026': month names in the customer's language."""
    day = message.created_at.astimezone(ZoneInfo(message.customer.time_zone)).date()
    return format_date(day, "d MMMM yyyy", locale=message.customer.language)


def _lines(text: str) -> str:
    return "<br/>".join(escape(line) for line in text.strip().splitlines())


def _signature(message: Message) -> list[Flowable]:
    name = message.author.name if message.author else letterhead()[0]
    return [Paragraph(_("Yours sincerely,"), TEXT), Spacer(1, SIGNATURE_ROOM), Paragraph(escape(name), TEXT)]
