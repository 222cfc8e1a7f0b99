"""The effect's tables and the lists behind them as files."""

from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from caring.effect.asking import KIND_WORDS, EffectAsk, ListAsk
from caring.effect.figures import COST_WORDS, Effect, Row, rows
from caring.effect.growth import Growth, growth
from caring.effect.listing import Listing, listing
from caring.effect.outcomes import OUTCOMES
from caring.effect.periods import WINDOW_WORDS, WORDS
from caring.models import EffectRule
from crm.customers.naming import name_outside
from crm.lib.exports import Question, Source, Table, register
from crm.lib.sheets import Cell
from crm.staff.access import may
from crm.staff.models import User

EFFECT, GROWTH, ROWS = "caring-effect", "caring-growth", "caring-effect-rows"
NAMES = {
    EFFECT: gettext_lazy("Effect of the caring stages"),
    GROWTH: gettext_lazy("Customers worth keeping, and lines that left"),
    ROWS: gettext_lazy("Behind a figure of the effect"),
}


def register_sources() -> None:
    sizes: dict[str, tuple[Callable[[Question], int], Callable[[Question], Table]]] = {
        EFFECT: (lambda _question: 25, _effects),
        GROWTH: (lambda _question: 50, _growth),
        ROWS: (_size, _rows),
    }
    for slug, (size, table) in sizes.items():
        register(Source(slug, NAMES[slug], _may, size, table, _about, icon="heart-handshake"))


def _may(user: User) -> bool:
    return may(user, "caring.read") and may(user, "report.export")


def _about(question: Question) -> str:
    ask = ListAsk(question.query)
    return f"{KIND_WORDS[ask.kind]}, {WORDS[ask.period_asked]}, {WINDOW_WORDS[ask.months_asked]}"


def _effects(question: Question) -> Table:
    """A row a stage; shares in per cent and points, money in rupiah; empty where there is not enough data."""
    head = [_("Stage"), _("Name")]
    for outcome in OUTCOMES:
        head += [
            f"{outcome.word}: {word}"
            for word in (_("contacted"), _("value"), _("hold-out"), _("value of the hold-out"), _("effect"), _("from"),
                         _("to"))
        ]  # fmt: skip
    head += [str(word) for word in COST_WORDS.values()]
    head += [_("Contacts"), _("Cost"), _("Cost per contact"), _("Customers kept"), _("Cost per customer kept")]
    ask = EffectAsk(question.query)
    return head, [_effect_cells(row) for row in rows(ask.months_asked, ask.period_asked, EffectRule.in_force())]


def _effect_cells(row: Row) -> list[Cell]:
    cells: list[Cell] = [row.stage.pk if row.stage else "", row.stage.title if row.stage else _("All stages together")]
    for effect in row.effects:
        cells += _effect(effect) if row.has_hold_out else [None] * 7
    cells += [row.tries.get(channel, 0) for channel in COST_WORDS]
    kept = row.kept
    cells += [row.reached, row.cost, _whole(row.per_contact)]
    return [*cells, round(kept.count, 1) if kept else None, _whole(kept.each if kept else None)]


def _effect(effect: Effect) -> list[Cell]:
    by = 100 if effect.outcome.is_share else 1

    def scaled(value: Any) -> Cell:
        return None if value is None else round(value * by, 2)

    said = effect.said
    return [
        effect.of, scaled(said.get("mean")), effect.held_of, scaled(said.get("held_mean")),
        *(scaled(said.get(name)) for name in ("effect", "low", "high")),
    ]  # fmt: skip


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _growth(question: Question) -> Table:
    found = growth(EffectAsk(question.query).period_asked, EffectRule.in_force())
    head = [
        pgettext("growth", "By"), _("Name"), _("Customers at the beginning"), _("Customers at the end"),
        _("Growth in per cent"), _("Lines that left"), _("Share leaving a month, in per cent"),
    ]  # fmt: skip
    return head, _growth_cells(found) if found else []


def _growth_cells(found: Growth) -> Iterator[list[Cell]]:
    for by, part in ((_("Tier"), [found.worth, found.everybody, *found.tiers]), (_("Product"), found.products)):
        for row in part:
            yield [by, row.word, row.start, row.end, _hundredths(row.percent), row.left, _hundredths(row.share)]


def _hundredths(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _listing(question: Question) -> Listing:
    return listing(ListAsk(question.query), question.user)


def _size(question: Question) -> int:
    return _listing(question).found.order_by()[: settings.EXPORT_AT_ONCE + 1].count()


def _rows(question: Question) -> Table:
    found = _listing(question)
    cells = ([name_outside(line.customer), line.number, *line.cells] for line in found.all())
    return [_("Customer"), _("Number"), *found.heads], cells
