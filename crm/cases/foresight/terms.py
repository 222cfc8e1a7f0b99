"""A policy's content as plain data: what a form makes, a draft stores, a preview counts and two versions differ in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crm.cases.models import LadderStep, SlaPolicy, SlaTarget
from crm.cases.policies import Rules, precedence, rules_from
from crm.cases.words import Waiting

FIELDS = (
    "warn_percents", "response_risk_seconds", "resolution_risk_seconds", "pause_for_customer", "pause_for_division",
    "pause_for_appointment", "remind_after_seconds", "no_answer_after_seconds", "close_after_seconds",
    "reopen_minimum_seconds",
)  # fmt: skip
PAUSES = {
    Waiting.CUSTOMER: "pause_for_customer",
    Waiting.DIVISION: "pause_for_division",
    Waiting.APPOINTMENT: "pause_for_appointment",
}
Condition = tuple[str, int | None, str, str]


@dataclass(frozen=True)
class Terms:
    """`fields` by FIELDS; `targets` by condition (channel, category, kind, tier): seconds to answer and to settle;
    `ladder` by (clock, percent): the party."""

    fields: dict[str, Any]
    targets: dict[Condition, tuple[int, int | None]]
    ladder: dict[tuple[str, int], str]

    @classmethod
    def of(cls, policy: SlaPolicy) -> Terms:
        targets = {
            (t.channel, t.category_id, t.kind, t.tier): (t.response_seconds, t.resolution_seconds)
            for t in policy.targets.all()
        }
        ladder = {(step.clock, step.percent): step.party for step in policy.ladder.all()}
        return cls({name: getattr(policy, name) for name in FIELDS}, targets, ladder)

    @classmethod
    def read(cls, data: dict[str, Any]) -> Terms:
        """Of what `data` wrote."""
        targets = {tuple(condition): tuple(seconds) for condition, seconds in data["targets"]}
        ladder = {(clock, percent): party for clock, percent, party in data["ladder"]}
        return cls(data["fields"], targets, ladder)

    def data(self) -> dict[str, Any]:
        """As JSON keeps it, in one order: equal terms are equal data."""
        return {
            "fields": {name: self.fields[name] for name in FIELDS},
            "targets": [[list(key), list(self.targets[key])] for key in sorted(self.targets, key=str)],
            "ladder": [[*key, self.ladder[key]] for key in sorted(self.ladder)],
        }

    def rows(self) -> list[SlaTarget]:
        """Unsaved, the one that is asked first on top."""
        rows = [
            SlaTarget(channel=channel, category_id=category, kind=kind, tier=tier, response_seconds=response,
                      resolution_seconds=resolution)
            for (channel, category, kind, tier), (response, resolution) in self.targets.items()
        ]  # fmt: skip
        return sorted(rows, key=lambda one: (precedence(one), str(one.category_id)), reverse=True)

    def steps(self) -> list[LadderStep]:
        return [LadderStep(clock=clock, percent=percent, party=self.ladder[clock, percent])
                for clock, percent in sorted(self.ladder, key=lambda key: (key[0] != "response", key[1]))]  # fmt: skip

    def rules(self) -> Rules:
        return rules_from(SlaPolicy(**self.fields), self.rows(), self.steps())


def pauses(policy: SlaPolicy) -> frozenset[str]:
    """What waiting stops the settlement clock under this policy."""
    return frozenset(str(waiting) for waiting, field in PAUSES.items() if getattr(policy, field))
