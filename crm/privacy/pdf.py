"""The access file on paper: the tables of crm/privacy/plain.py on A4."""

import datetime as dt
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table

from crm.lib.display import moment
from crm.privacy import plain

MARGIN = 16 * mm
INNER = A4[0] - 2 * MARGIN
WIDEST, LONGEST = 6, 300  # columns of a table, letters of a cell: beyond, each row is told line by line

TEXT = ParagraphStyle("text", fontName="Helvetica", fontSize=8.5, leading=11.5)
TITLE = ParagraphStyle("title", parent=TEXT, fontName="Helvetica-Bold", fontSize=16, leading=21, spaceAfter=2 * mm)
HEAD = ParagraphStyle("head", parent=TEXT, fontName="Helvetica-Bold", fontSize=11, leading=15, spaceBefore=6 * mm,
                      spaceAfter=2 * mm, keepWithNext=True)  # fmt: skip
LINE = HexColor("#c9cfdb")


def draw(told: list[plain.Table], *, now: dt.datetime) -> bytes:
    """In the language that is active."""
    paper = BytesIO()
    title = _("All that we hold on you")
    document = SimpleDocTemplate(
        paper, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=18 * mm, title=title,
        invariant=True,
    )  # fmt: skip
    story: list[Flowable] = [_said(title, TITLE), _said(lead(now))]
    for one in told:
        story += [_said(one.title, HEAD), *_rows(one)]
    document.build(story, onFirstPage=_number, onLaterPages=_number)
    return paper.getvalue()


def lead(now: dt.datetime) -> str:
    words = _("As of %(at)s. The last table names everybody who looked at it or changed it.")
    return words % {"at": moment(now)}


def _rows(one: plain.Table) -> list[Flowable]:
    if len(one.columns) > WIDEST or any(len(cell) > LONGEST for row in one.rows for cell in row):
        return [flowable for row in one.rows for flowable in _lines(one.columns, row)]
    cells = [
        [_said(f"{word}", bold=True) for word in one.columns],
        *[[_said(cell) for cell in row] for row in one.rows],
    ]
    table = Table(cells, colWidths=[INNER / len(one.columns)] * len(one.columns), repeatRows=1, hAlign="LEFT")
    table.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE)])
    return [table]


def _lines(columns: list[str], row: list[str]) -> list[Flowable]:
    """Paragraphs go over as many pages as they need."""
    told = [
        Paragraph(f"<b>{_clean(word)}:</b> {_clean(cell)}", TEXT)
        for word, cell in zip(columns, row, strict=True)
        if cell
    ]
    return [*told, Spacer(1, 3 * mm)]


def _said(text: str, style: ParagraphStyle = TEXT, *, bold: bool = False) -> Paragraph:
    return Paragraph(f"<b>{_clean(text)}</b>" if bold else _clean(text), style)


def _clean(text: str) -> str:
    """Without what the font cannot draw, such as faces: they stand in data.html and data.json."""
    return escape(text.encode("cp1252", "ignore").decode("cp1252")).replace("\n", "<br/>")


def _number(canvas: Canvas, document: Any) -> None:
    canvas.setFont("Helvetica", 7.5)
    canvas.drawRightString(A4[0] - MARGIN, 10 * mm, str(document.page))
