"""Type, colours and the frame of a page: what every part of the report is drawn with."""

from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _
from reportlab.lib.colors import Color, HexColor, white
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, Table

FONTS = Path(__file__).parent / "fonts"
REGULAR, BOLD = "PlusJakartaSans", "PlusJakartaSans-Bold"
for name, file in ((REGULAR, "PlusJakartaSans-Regular.ttf"), (BOLD, "PlusJakartaSans-Bold.ttf")):
    pdfmetrics.registerFont(TTFont(name, FONTS / file))
pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)
KNOWN = frozenset(pdfmetrics.getFont(REGULAR).face.charToGlyph)

# The tokens of the light theme (static/css/tokens.css).
INK, TEXT, MUTED = HexColor("#141827"), HexColor("#2f3647"), HexColor("#5a6377")
LINE, SUNKEN, SLATE = HexColor("#e1e5ed"), HexColor("#f3f5f9"), HexColor("#c9cfdb")
ACCENT, SOFT, LATE, OK, RISK, RAIL = (
    HexColor("#2f46c9"), HexColor("#a9b4ef"), HexColor("#c5192d"), HexColor("#0b7a4b"), HexColor("#8a5200"),
    HexColor("#171a36"),
)  # fmt: skip
WIDTH, HEIGHT = A4
MARGIN, HEAD = 16 * mm, 34 * mm
INNER = WIDTH - 2 * MARGIN

BODY = ParagraphStyle("body", fontName=REGULAR, fontSize=8.2, leading=11.4, textColor=TEXT)
CELL = ParagraphStyle("cell", parent=BODY, fontSize=7.6, leading=10)
RIGHT = ParagraphStyle("right", parent=CELL, alignment=TA_RIGHT)
SMALL = ParagraphStyle("small", parent=BODY, fontSize=7.2, leading=9.6, textColor=MUTED)
LABEL = ParagraphStyle("label", parent=CELL, fontSize=6.8, leading=9, textColor=MUTED)
LABEL_RIGHT = ParagraphStyle("label-right", parent=LABEL, alignment=TA_RIGHT)
TITLE = ParagraphStyle(
    "title",
    parent=BODY,
    fontName=BOLD,
    fontSize=10.5,
    leading=14,
    textColor=INK,
    spaceBefore=5 * mm,
    spaceAfter=1.6 * mm,
)


def clean(text: object) -> str:
    """Without what the font cannot draw: a black box says less than nothing."""
    return "".join(one if ord(one) in KNOWN or one in "\n" else " " for one in str(text))


def said(text: object, style: ParagraphStyle = CELL, colour: Color | None = None, *, bold: bool = False) -> Paragraph:
    words = escape(clean(text)).replace("\n", "<br/>")
    words = f"<b>{words}</b>" if bold else words
    return Paragraph(f'<font color="#{colour.hexval()[2:]}">{words}</font>' if colour else words, style)


def table(head: list[tuple[str, bool]], rows: list[list[Any]], widths: list[float]) -> Table:
    """A quiet table with its head on each page; `head` is (word, to the right)."""
    top = [said(word, LABEL_RIGHT if right else LABEL) for word, right in head]
    made = Table([top, *rows], colWidths=widths, repeatRows=1, hAlign="LEFT")
    made.setStyle([
        ("VALIGN", (0, 0), (-1, -1), "TOP"), ("LINEBELOW", (0, 0), (-1, 0), 0.6, SLATE),
        ("LINEBELOW", (0, 1), (-1, -1), 0.35, LINE), ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 6), ("TOPPADDING", (0, 0), (-1, -1), 2.6),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.8),
    ])  # fmt: skip
    return made


class Pages(Canvas):
    """Numbers the pages when it is known how many there are."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept: list[dict[str, Any]] = []
        self.foot = ""

    def showPage(self) -> None:
        self.kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, state in enumerate(self.kept, start=1):
            self.__dict__.update(state)
            self._foot(number, len(self.kept))
            super().showPage()
        super().save()

    def _foot(self, number: int, of: int) -> None:
        self.setStrokeColor(LINE)
        self.setLineWidth(0.5)
        self.line(MARGIN, 13 * mm, WIDTH - MARGIN, 13 * mm)
        self.setFont(REGULAR, 7)
        self.setFillColor(MUTED)
        self.drawString(MARGIN, 9 * mm, clean(self.foot))
        self.drawRightString(
            WIDTH - MARGIN, 9 * mm, clean(_("page %(number)s of %(all)s") % {"number": number, "all": of})
        )


def draw_head(canvas: Canvas, title: str, month: str, scope: str) -> None:
    """The ink band over the first page."""
    top = HEIGHT - HEAD
    canvas.saveState()
    canvas.setFillColor(RAIL)
    canvas.rect(0, top, WIDTH, HEAD, stroke=0, fill=1)
    _mark(canvas, MARGIN, top + 9 * mm)
    canvas.setFillColor(white)
    canvas.setFont(BOLD, 19)
    canvas.drawString(MARGIN + 17 * mm, top + 16.5 * mm, clean(month))
    canvas.setFont(REGULAR, 9.5)
    canvas.setFillColor(SOFT)
    canvas.drawString(MARGIN + 17 * mm, top + 10 * mm, clean(title))
    canvas.setFont(REGULAR, 8)
    canvas.drawRightString(WIDTH - MARGIN, top + 10 * mm, clean(scope))
    canvas.restoreState()


def _mark(canvas: Canvas, x: float, y: float) -> None:
    """Sapa's own: a speech bubble that is a clock."""
    canvas.setFillColor(HexColor("#5f76f5"))
    canvas.roundRect(x, y + 2 * mm, 12 * mm, 11 * mm, 2.2 * mm, stroke=0, fill=1)
    tail = canvas.beginPath()
    tail.moveTo(x + 1.6 * mm, y + 3 * mm)
    tail.lineTo(x + 1.6 * mm, y)
    tail.lineTo(x + 6 * mm, y + 3 * mm)
    canvas.drawPath(tail, stroke=0, fill=1)
    canvas.setStrokeColor(white)
    canvas.setLineWidth(1.5)
    canvas.setLineCap(1)
    canvas.line(x + 6 * mm, y + 10.4 * mm, x + 6 * mm, y + 7.4 * mm)
    canvas.line(x + 6 * mm, y + 7.4 * mm, x + 8 * mm, y + 6.1 * mm)
