"""Scoring how a settled complaint was handled (stage 19), and what the scores say of each agent."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Avg, Count, FloatField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from caring.attempts import finish, note_attempt
from caring.models import Score, Stage, Task
from caring.reach import case_of
from caring.refusals import NotTaken, TaskGone, WorkRefused
from caring.words import Outcome, State, Way
from caring.working import keys_of
from crm.staff.models import User

STAGE, DAYS = 19, 90


@dataclass(frozen=True)
class Question:
    key: str
    text: str
    hint: str


@dataclass(frozen=True)
class Line:
    """One agent's, in the order of the questions; `mean` over all of them."""

    agent: str
    count: int
    means: list[float | None]
    questions: list[Question]

    @property
    def cells(self) -> list[tuple[Question, float | None]]:
        return list(zip(self.questions, self.means, strict=True))

    @property
    def mean(self) -> float | None:
        known = [one for one in self.means if one is not None]
        return sum(known) / len(known) if known else None


@transaction.atomic
def score_case(
    *, task: Task, marks: Mapping[str, int], by: User, comment: str = "", at: dt.datetime | None = None
) -> Score:
    """Every question has its mark; the task is done. Nobody scores a case of their own. Raises NotTaken, TaskGone,
    WorkRefused."""
    at = at or timezone.now()
    task = Task.objects.select_for_update(of=["self"]).select_related("stage", "version", "customer").get(pk=task.pk)
    case = case_of(task)
    if task.state != State.OPEN or task.channel != Way.FORM or case is None:
        raise TaskGone
    if task.assignee_id != by.pk:
        raise NotTaken
    if case.assignee_id == by.pk:
        raise WorkRefused(_("This case was yours: somebody else scores it. Give it back."))
    wanted, allowed = keys_of(task, "questions"), range(Score.LOWEST, Score.HIGHEST + 1)
    if set(marks) != set(wanted) or any(mark not in allowed for mark in marks.values()):
        raise WorkRefused(_("Give every question a mark from 0 to 4."), "marks")
    note_attempt(task, Outcome.REACHED, at=at, by=by)
    score = Score.objects.create(
        task=task, case=case, agent=case.assignee, marks=dict(marks), comment=comment.strip(), by=by, at=at
    )
    finish(task, at=at, by=by)
    return score


def questions_of(task: Task, language: str) -> list[Question]:
    texts = task.version.texts
    said = texts.get(language[:2]) or texts.get("id", {})
    return [Question(one["key"], one["text"], one.get("hint", "")) for one in said.get("questions", [])]


def questions_now(language: str) -> list[Question]:
    """Of the version in force."""
    stage = Stage.objects.select_related("version").filter(pk=STAGE, version__isnull=False).first()
    return questions_of(Task(version=stage.version), language) if stage else []


def report(user: User, questions: list[Question], at: dt.datetime) -> list[Line]:
    """Of each agent whom `user` may see, over the last ninety days; the lowest mean first. One query."""
    seen = Score.objects.visible_to(user).filter(at__gte=at - dt.timedelta(days=DAYS), agent__isnull=False)
    means = {
        f"mean_{place}": Avg(Cast(KeyTextTransform(one.key, "marks"), FloatField()))
        for place, one in enumerate(questions)
    }
    scores = Score.objects.filter(pk__in=seen.values("pk")).order_by()
    rows: Any = scores.values("agent__name", "agent").annotate(n=Count("pk"), **means)
    lines = [Line(row["agent__name"], row["n"], [row[name] for name in means], questions) for row in rows]
    return sorted(lines, key=lambda line: (line.mean if line.mean is not None else 9, line.agent))
