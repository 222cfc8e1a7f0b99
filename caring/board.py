"""The programme as a map: 24 stages in four scopes, each with what is due, late, done, not reached and left out.

Three questions, whatever there is: over what runs, over what was closed of late, and the effects kept of the night.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, Q

from caring.effect.asking import PERIOD, WINDOW
from caring.effect.figures import Effect, kept_on_map
from caring.models import Stage, Task
from caring.models.task import TaskQuerySet
from caring.words import Scope, State, Why
from crm.staff.models import User

DAYS = 30  # of what is closed
ICONS = {Scope.PROVISIONING: "plug-connected", Scope.FAULT: "affiliate", Scope.CHURN: "door-exit",
         Scope.COMPLAINT: "message-2"}  # fmt: skip


@dataclass
class Tile:
    """`left_out`: by reason, the most frequent first; `effect`: on leaving, of courtesy stages."""

    stage: Stage
    due: int = 0
    overdue: int = 0
    sent: int = 0
    done: int = 0
    failed: int = 0
    ended: int = 0
    left_out: list[tuple[Why, int]] = field(default_factory=list)
    effect: Effect | None = None

    @property
    def suppressed(self) -> int:
        return sum(count for _why, count in self.left_out)

    @property
    def reached(self) -> int | None:
        """Per cent of those that were tried to the end; None where none was."""
        tried = self.done + self.failed
        return round(100 * self.done / tried) if tried else None


@dataclass(frozen=True)
class Band:
    scope: Scope
    tiles: list[Tile]

    @property
    def icon(self) -> str:
        return ICONS[self.scope]

    @property
    def span(self) -> str:
        return f"{self.tiles[0].stage.pk}–{self.tiles[-1].stage.pk}" if self.tiles else ""


def since(at: dt.datetime) -> dt.datetime:
    return at - dt.timedelta(days=DAYS)


def bands(user: User, at: dt.datetime) -> list[Band]:
    tiles = _tiles(user, at)
    effects = kept_on_map(WINDOW, PERIOD)
    of_scope: dict[str, list[Tile]] = defaultdict(list)
    for tile in tiles:
        tile.effect = effects.get(tile.stage.pk)
        of_scope[tile.stage.scope].append(tile)
    return [Band(scope, of_scope[scope]) for scope in Scope]


def tile_of(stage: Stage, user: User, at: dt.datetime) -> Tile:
    return _tiles(user, at, [stage])[0]


def _tiles(user: User, at: dt.datetime, stages: list[Stage] | None = None) -> list[Tile]:
    found = Stage.objects.select_related("version").order_by("number") if stages is None else stages
    tiles = {stage.pk: Tile(stage) for stage in found}
    tasks = Task.objects.visible_to(user)
    if stages is not None:
        tasks = tasks.filter(stage__in=stages)
    _count_running(tiles, tasks, at)
    _count_closed(tiles, tasks, at)
    return list(tiles.values())


def _count_running(tiles: dict[int, Tile], tasks: TaskQuerySet, at: dt.datetime) -> None:
    counted = tasks.running().values_list("stage").annotate(
        due=Count("pk", filter=Q(state__in=Task.DUE)), sent=Count("pk", filter=Q(state=State.SENT)),
        late=Count("pk", filter=Q(state__in=Task.DUE, due_at__lt=at)),
    )  # fmt: skip
    for stage, due, sent, late in counted.order_by():
        tiles[stage].due, tiles[stage].sent, tiles[stage].overdue = due, sent, late


def _count_closed(tiles: dict[int, Tile], tasks: TaskQuerySet, at: dt.datetime) -> None:
    counted = tasks.closed_since(since(at)).values_list("stage", "state", "why").annotate(n=Count("pk"))
    for stage, state, why, count in counted.order_by("-n"):
        tile = tiles[stage]
        if state == State.SUPPRESSED:
            tile.left_out.append((Why(why), count))
        else:
            setattr(tile, state, getattr(tile, state) + count)


Row = tuple[Stage, list[tuple[Why, int]]]


def left_out_table(found: list[Band]) -> tuple[list[Why], list[Row]]:
    """Reasons that occur, the strongest first, and of each stage that left somebody out how many by each."""
    tiles = [tile for band in found for tile in band.tiles if tile.left_out]
    occurring = {why for tile in tiles for why, _count in tile.left_out}
    reasons = [why for why in Why if why in occurring]
    return reasons, [(tile.stage, [(why, dict(tile.left_out).get(why, 0)) for why in reasons]) for tile in tiles]
