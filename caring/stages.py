"""The 24 stages as they begin: what makes a task, how people are reached, until when (domain.md §4).

Supervisors change all of it but scope, class and whose work it is; texts stand in caring/programme/NN.toml.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caring.sources import FORMAL
from caring.words import Kind, Scope, Way, Work

PROGRAMME = Path(__file__).parent / "programme"
DAY = 24
SURVEYED = ["Flexi Classy", "POTS"]


@dataclass(frozen=True)
class Default:
    scope: str
    kind: str
    rule: list[dict[str, Any]]
    channels: tuple[str, ...]
    due_hours: int
    attempts: int = 3
    pause_hours: int = 4
    work: str = Work.CARE
    importance: int = 50
    points: int = 0

    @property
    def version(self) -> dict[str, Any]:
        names = ("rule", "due_hours", "attempts", "pause_hours", "points")
        return {"channels": list(self.channels)} | {name: getattr(self, name) for name in names}


def _way(source: str, *when: tuple[str, str, Any]) -> dict[str, Any]:
    return {"source": source, "when": [{"field": field, "op": op, "value": value} for field, op, value in when]}


def _order(kind: str, *states: str, **more: list[str]) -> dict[str, Any]:
    extra = [(field, "in", value) for field, value in more.items()]
    return _way("order", ("order_kind", "in", [kind]), ("order_state", "in", list(states)), *extra)


POSTPAID, PREPAID = ("paying", "in", ["postpaid"]), ("paying", "in", ["prepaid"])
SETTLED = ("happened", "in", ["case.settled"])
S, C = Kind.SERVICE, Kind.COURTESY
PROVISIONING, FAULT, CHURN, COMPLAINT = Scope.PROVISIONING, Scope.FAULT, Scope.CHURN, Scope.COMPLAINT
SMS, EMAIL, LETTER, CALL, VISIT = Way.SMS, Way.EMAIL, Way.LETTER, Way.CALL, Way.VISIT

DEFAULTS: dict[int, Default] = {
    1: Default(PROVISIONING, S, [_order("registration", "planned")], (CALL,), DAY),
    2: Default(PROVISIONING, S, [_order("transaction", "done")], (SMS, CALL), DAY),
    3: Default(PROVISIONING, S, [_order("survey", "planned", product=SURVEYED)], (CALL,), DAY),
    4: Default(PROVISIONING, S, [_order("change", "planned", "done")], (CALL,), DAY),
    5: Default(
        PROVISIONING,
        S,
        [_order("installation", "planned"), _order("installation", "done") | {"channels": [CALL]}],
        (SMS, CALL),
        DAY,
    ),
    6: Default(
        PROVISIONING, C, [_way("line", ("happened", "in", ["line.activated"]))], (CALL,), 3 * DAY, importance=60
    ),
    7: Default(
        PROVISIONING,
        C,
        [_way("bill", ("place", "eq", 1), ("days_since_issue", "lte", 3), POSTPAID),
         _way("top_up", ("place", "eq", 1), ("days_since_issue", "lte", 3), PREPAID)],
        (CALL,),
        3 * DAY,
        importance=55,
    ),
    8: Default(
        PROVISIONING,
        C,
        [_way("bill", ("place", "eq", 2), ("days_since_issue", "lte", 3), POSTPAID),
         _way("top_up", ("place", "eq", 2), ("days_since_issue", "lte", 3), PREPAID)],
        (SMS, CALL),
        3 * DAY,
        importance=45,
    ),
    9: Default(
        FAULT,
        S,
        [_way("case", ("happened", "in", ["case.escalated", "escalation.accepted"]), ("case_kind", "in", ["problem"])),
         _order("repair", "planned")],
        (SMS, CALL),
        2,
        pause_hours=1,
    ),
    10: Default(
        FAULT,
        S,
        [_way("case", SETTLED, ("case_kind", "in", ["problem"])), _order("repair", "done")],
        (CALL,),
        DAY,
    ),
    11: Default(
        CHURN,
        S,
        [_way("bill", ("place", "gte", 1), ("days_since_issue", "lte", 3), POSTPAID)],
        (EMAIL, LETTER),
        DAY,
        attempts=2,
    ),
    12: Default(
        CHURN,
        S,
        [_way("unpaid", ("days_to_due", "lte", 3), ("days_to_due", "gte", -30), ("line_state", "in", ["active", "due"]),
              POSTPAID),
         _way("active_period", ("days_left", "lte", 3), PREPAID)],
        (SMS, CALL),
        DAY,
    ),
    13: Default(
        CHURN,
        S,
        [_way("line", ("happened", "in", ["line.suspended"]), POSTPAID),
         _way("line", ("happened", "in", ["line.in_grace"]), PREPAID)],
        (CALL,),
        DAY,
        work=Work.RETENTION,
    ),
    14: Default(
        CHURN, C, [_way("removal", ("days_to_removal", "lte", 7))], (CALL,), DAY, work=Work.RETENTION, importance=95
    ),
    15: Default(
        CHURN,
        C,
        [_way("line", ("happened", "in", ["line.restored"]), ("line_before", "in", ["isolir", "grace", "blocked"]))],
        (SMS, CALL),
        DAY,
        importance=70,
    ),
    16: Default(
        CHURN,
        S,
        [_order("removal", "planned"), _way("line", ("happened", "in", ["line.removed", "line.recycled"]))],
        (CALL,),
        DAY,
        work=Work.RETENTION,
    ),
    17: Default(
        COMPLAINT,
        S,
        [_way("case", SETTLED, ("case_kind", "in", ["complaint"]), ("case_channel", "in", list(FORMAL)))],
        (CALL,),
        2 * DAY,
    ),
    18: Default(
        COMPLAINT,
        S,
        [_way("case", SETTLED, ("case_kind", "in", ["complaint"]), ("case_channel", "not_in", list(FORMAL)))],
        (Way.SAME,),
        2 * DAY,
        attempts=2,
    ),
    19: Default(
        COMPLAINT,
        S,
        [_way("settled", ("is_in_sample", "in", ["yes"])), _way("settled", ("is_breach", "in", ["yes"]))],
        (Way.FORM,),
        5 * DAY,
        attempts=1,
        work=Work.QUALITY,
    ),
    20: Default(
        COMPLAINT,
        C,
        [_way("watch", ("complaints", "gte", 3)),
         _way("watch", ("is_after_breach", "in", ["yes"]), ("tier", "in", ["gold", "platinum"]))],
        (CALL,),
        5 * DAY,
        importance=80,
    ),
    21: Default(COMPLAINT, C, [_way("usage", ("silent_days", "gte", 30))], (SMS, CALL), 3 * DAY, importance=75),
    22: Default(COMPLAINT, C, [_way("usage", ("usage_share", "lte", 40))], (CALL,), 3 * DAY, importance=85),
    23: Default(
        COMPLAINT,
        C,
        [_way("usage", ("silent_days", "gte", 60), ("after_failed", "in", ["21"])),
         _way("usage", ("usage_share", "gte", 300))],
        (VISIT, CALL),
        7 * DAY,
        attempts=2,
        pause_hours=DAY,
        work=Work.OFFICE,
        importance=90,
    ),
    24: Default(
        COMPLAINT,
        C,
        [_way("anniversary", ("years", "gte", 1), ("days_since_anniversary", "lte", 7)),
         _way("on_time", ("bills_in_row", "gte", 12), ("dozens", "eq", 0))],
        (SMS,),
        7 * DAY,
        attempts=2,
        importance=20,
        points=500,
    ),
}  # fmt: skip


def texts_of(number: int) -> dict[str, Any]:
    """By language, as they ship."""
    with (PROGRAMME / f"{number:02}.toml").open("rb") as file:
        return tomllib.load(file)
