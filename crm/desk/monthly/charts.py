"""The pictures of the report: tiles, columns over days, hours and months, the Pareto of causes."""

from collections.abc import Sequence
from typing import Any

from reportlab.graphics.shapes import Circle, Drawing, Line, PolyLine, Rect, String
from reportlab.lib.colors import Color
from reportlab.lib.units import mm

from crm.desk.monthly.paper import ACCENT, BOLD, INK, INNER, LATE, LINE, MUTED, REGULAR, SLATE, SUNKEN, clean
from crm.lib.display import grouped, percent


def text(x: float, y: float, words: object, size: float = 6.8, colour: Color = MUTED, **more: Any) -> String:
    return String(x, y, clean(words), fontName=more.pop("font", REGULAR), fontSize=size, fillColor=colour, **more)


def tiles(figures: Sequence[tuple[str, str, str, Color]]) -> Drawing:
    """(word, figure, remark, colour), side by side."""
    gap, height = 3 * mm, 21 * mm
    width = (INNER - gap * (len(figures) - 1)) / len(figures)
    made = Drawing(INNER, height)
    for place, (word, figure, remark, colour) in enumerate(figures):
        x = place * (width + gap)
        made.add(Rect(x, 0, width, height, rx=5, ry=5, fillColor=SUNKEN, strokeColor=None))
        made.add(text(x + 3 * mm, height - 5.4 * mm, word, 7))
        made.add(text(x + 3 * mm, height - 13 * mm, figure, 17, colour, font=BOLD))
        made.add(text(x + 3 * mm, 2.6 * mm, remark, 6.4))
    return made


def columns(
    width: float,
    height: float,
    labels: Sequence[str],
    parts: Sequence[tuple[Sequence[int], Color]],
    *,
    figures: bool = False,
) -> Drawing:
    """Columns, one part above the other. An empty label is a column without a word."""
    made, foot, top = Drawing(width, height), 4.5 * mm, 4 * mm
    sums = [sum(values) for values in zip(*(numbers for numbers, _colour in parts), strict=True)]
    most, room, step = max([*sums, 1]), height - foot - top, width / len(labels)
    for line in range(3):
        y = foot + room * line / 2
        made.add(Line(0, y, width, y, strokeColor=LINE, strokeWidth=0.5))
    if not figures:
        made.add(text(width, foot + room + 1.2, grouped(most), 6, textAnchor="end"))
    for place, label in enumerate(labels):
        x, bar = place * step + step * 0.14, step * 0.72
        y = float(foot)
        for numbers, colour in parts:
            tall = room * numbers[place] / most
            made.add(Rect(x, y, bar, tall, fillColor=colour, strokeColor=None))
            y += tall
        if figures and sums[place]:
            made.add(text(x + bar / 2, y + 1.6, grouped(sums[place]), 6.4, INK, textAnchor="middle", font=BOLD))
        if label:
            made.add(text(x + bar / 2, 0.6 * mm, label, 6.2, textAnchor="middle"))
    return made


def pareto(rows: Sequence[tuple[str, int, int, float]]) -> Drawing:
    """(cause, preventable, excusable, cumulated share): a bar each, the line of the cumulated share over them."""
    each, names, right = 6.2 * mm, 58 * mm, 26 * mm
    height = each * len(rows) + 6 * mm
    made, room = Drawing(INNER, height), INNER - names - right
    most = max([count + excused for _name, count, excused, _share in rows] + [1])
    points: list[float] = []
    for mark in (0, 50, 100):
        x = names + room * mark / 100
        made.add(Line(x, 0, x, height - 5 * mm, strokeColor=LINE, strokeWidth=0.5))
        made.add(text(x, height - 4 * mm, f"{mark} %", 6, textAnchor="middle"))
    for place, (name, count, excused, share) in enumerate(rows):
        y = height - 6 * mm - each * (place + 1) + 1.4 * mm
        long = room * count / most
        made.add(text(0, y + 1.2 * mm, shortened(name, 46), 7.4, INK))
        made.add(Rect(names, y, long, 3.6 * mm, fillColor=ACCENT, strokeColor=None))
        made.add(Rect(names + long, y, room * excused / most, 3.6 * mm, fillColor=SLATE, strokeColor=None))
        made.add(text(INNER - right + 4 * mm, y + 1.2 * mm, grouped(count), 7.4, INK, font=BOLD))
        made.add(text(INNER, y + 1.2 * mm, percent(share) if count else "–", 7, textAnchor="end"))
        if count:
            points += [names + room * share / 100, y + 1.8 * mm]
    if len(points) > 2:
        made.add(PolyLine(points, strokeColor=LATE, strokeWidth=1))
    for x, y in zip(points[::2], points[1::2], strict=True):
        made.add(Circle(x, y, 1.5, fillColor=LATE, strokeColor=None))
    return made


def legend(entries: Sequence[tuple[str, Color]]) -> Drawing:
    made, x = Drawing(INNER, 4 * mm), 0.0
    for word, colour in entries:
        made.add(Rect(x, 0.9 * mm, 2.2 * mm, 2.2 * mm, fillColor=colour, strokeColor=None))
        made.add(text(x + 3.2 * mm, 1.1 * mm, word, 6.6))
        x += 8 * mm + len(word) * 1.25 * mm
    return made


def shortened(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"
