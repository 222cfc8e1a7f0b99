"""The 24 stages as they are in force, and the tasks they make: read, taken, and told what came of them."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from caring.conditions import condition_in_words, kept_ways
from caring.models import Stage, Task
from caring.models.task import TaskQuerySet
from caring.sources import SOURCES
from caring.texts import LANGUAGES
from caring.words import Kind, Outcome, State, Way, Why, Work
from caring.words import Scope as ProgrammeScope
from caring.working import BY_PERSON, Said, give_back, note_outcome, take_next, take_task
from crm.api.auth import caller
from crm.api.fields import Body, Coming, StaffNumber
from crm.api.models import ApiClient, Scope
from crm.api.names import names
from crm.api.paging import KeysetPagination, Order, nearest, newest
from crm.api.v1 import described
from crm.api.v1.base import PAGING, View
from crm.api.v1.bodies import TEXT_MAX, Who, category
from crm.api.v1.filters import NamedFilters, TaskFilters
from crm.api.v1.rows import Row
from crm.api.v1.shapes import PersonShape, Shape
from crm.cases.words import Kind as CaseKind
from crm.customers.errors import CannotConsent
from crm.customers.masking import mask_msisdn
from crm.staff import access
from crm.staff.models import Role, User

OUTCOMES = [choice for choice in Outcome.choices if choice[0] in BY_PERSON]
WANTS = [("do_not_disturb", "do_not_disturb"), ("no_courtesy", "no_courtesy")]
NOT_THEIRS = gettext_lazy("This task is not among the work of this member of staff.")


class NewOutcome(Body):
    """What came of a call or a visit. Which of the rest is wanted depends on stage and outcome."""

    staff_number = StaffNumber(help_text="Who called or went there: they must have taken the task.")
    outcome = serializers.ChoiceField(OUTCOMES)
    note = serializers.CharField(max_length=1000, default="", allow_blank=True)
    when = Coming(required=False, help_text="call_back: the time they asked for.")
    satisfied = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="reached, in stages 10, 17 and 18."
    )
    reason = serializers.CharField(
        max_length=20, default="", allow_blank=True, help_text="reached, in stage 16: key of one of the reasons."
    )
    offer = serializers.CharField(
        max_length=20, default="", allow_blank=True, help_text="Key of one of the stage's offers."
    )
    offer_taken = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="Null: they think it over."
    )
    wants = serializers.ChoiceField(WANTS, default="", allow_blank=True, help_text="refused: what else they want.")
    words = serializers.CharField(
        max_length=TEXT_MAX, default="", allow_blank=True, help_text="needs_case: what they said."
    )
    kind = serializers.ChoiceField(CaseKind.choices, default=CaseKind.COMPLAINT, help_text="needs_case.")
    category = category(required=False, allow_null=True, default=None, help_text="needs_case: code of a category.")
    promise = serializers.CharField(max_length=250, default="", allow_blank=True, help_text="needs_case.")
    promise_due = Coming(required=False, help_text="Needed with a promise.")


class WordsShape(Shape):
    id = serializers.CharField(help_text="Indonesian.")
    en = serializers.CharField(help_text="English.")


class ConditionShape(Shape):
    field = serializers.CharField()
    op = serializers.CharField(help_text="in, not_in, lte, gte, eq.")
    value = serializers.JSONField(help_text="A whole number, or a list of words.")
    words = WordsShape()


class PickedByShape(Shape):
    """One way to be picked; all its conditions hold at once."""

    source = serializers.CharField(help_text="Where occasions come from.")  # type: ignore[assignment]
    words = WordsShape(help_text="Of the source.")
    when = ConditionShape(many=True)
    channels = serializers.ListField(
        child=serializers.ChoiceField(Way.choices), help_text="In the order of trying: its own, else the stage's."
    )


class StageShape(Shape):
    number = serializers.IntegerField()
    scope = serializers.ChoiceField(ProgrammeScope.choices)
    kind = serializers.ChoiceField(Kind.choices)
    work = serializers.ChoiceField(Work.choices)
    importance = serializers.IntegerField()
    is_on = serializers.BooleanField()
    version = serializers.IntegerField(help_text="In force.")
    since = serializers.DateTimeField()
    name = WordsShape()
    purpose = WordsShape()
    channels = serializers.ListField(child=serializers.ChoiceField(Way.choices), help_text="In the order of trying.")
    due_hours = serializers.IntegerField(help_text="From its occasion to when it should be done.")
    attempts = serializers.IntegerField()
    pause_hours = serializers.IntegerField(help_text="Between two attempts.")
    points = serializers.IntegerField(help_text="A gift to whoever is reached.")


class ReadingShape(Shape):
    id = serializers.DictField(help_text="Indonesian: name, purpose, subject, message, script, tips and others.")
    en = serializers.DictField(help_text="English.")


class StageDetailShape(StageShape):
    rule = PickedByShape(many=True, help_text="Ways to be picked: one is enough.")
    texts = ReadingShape(help_text="Fields stand in braces.")


class TaskShape(Shape):
    id = serializers.IntegerField()
    stage = serializers.IntegerField()
    version = serializers.IntegerField(help_text="Of the stage, when the task was made.")
    customer = serializers.IntegerField(help_text="Id.")
    line = serializers.IntegerField(allow_null=True, help_text="Id.")
    number = serializers.CharField(allow_null=True, help_text="Of the line, masked.")
    occasion = serializers.CharField(help_text="What it is about: bill:12, usage:2026-10, year:3.")
    state = serializers.ChoiceField(State.choices)
    why = serializers.ChoiceField(Why.choices, allow_blank=True, help_text="Of what was left out or put off.")
    channel = serializers.ChoiceField(Way.choices, allow_blank=True, help_text="To be tried next.")
    tried = serializers.IntegerField(help_text="Attempts so far.")
    assignee = PersonShape(allow_null=True)
    outcome = serializers.ChoiceField(Outcome.choices, allow_blank=True, help_text="Of the last attempt.")
    reason = serializers.CharField(allow_blank=True)
    offer = serializers.CharField(allow_blank=True)
    offer_taken = serializers.BooleanField(allow_null=True)
    occurred_at = serializers.DateTimeField(help_text="The occasion.")
    due_at = serializers.DateTimeField()
    next_at = serializers.DateTimeField(help_text="Not before.")
    created_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)


class TakenShape(Shape):
    task = TaskShape(allow_null=True, help_text="Null: nothing is left that may be done now.")


class NotedShape(Shape):
    task = TaskShape()
    case = serializers.IntegerField(allow_null=True, help_text="Number of the case that was opened or opened again.")


COLUMNS = (
    "id", "stage_id", "version__number", "customer_id", "subscription_id", "subscription__msisdn", "occasion", "state",
    "why", "channel", "tried", "assignee_id", "outcome", "reason", "offer", "offer_taken", "occurred_at", "due_at",
    "next_at", "created_at", "changed_at", "closed_at",
)  # fmt: skip
RENAMED = {
    "stage_id": "stage", "version__number": "version", "customer_id": "customer", "subscription_id": "line",
    "subscription__msisdn": "number", "assignee_id": "assignee",
}  # fmt: skip


class Stages(View):
    scopes = {"GET": Scope.CARING_READ}
    queryset = Stage.objects.none()

    @described.read(StageShape(many=True), "list_stages", "List the stages", tag="caring")
    def get(self, request: Request) -> Response:
        """All 24, as they are in force."""
        self.refuse_unknown(set())
        return Response([stage_row(one) for one in _stages()])


class OneStage(View):
    scopes = {"GET": Scope.CARING_READ}
    queryset = Stage.objects.none()

    @described.read(StageDetailShape, "read_stage", "Read a stage", tag="caring")
    def get(self, request: Request, number: int) -> Response:
        """With its rule, as data and in words, and all its texts."""
        found = _stages().filter(number=number).first()
        if found is None:
            raise Http404
        return Response(stage_row(found) | _definition(found))


class TaskPages(KeysetPagination):
    """A task that changes while `oldest` is read comes again at the end: nothing is missed."""

    orders = {"newest": Order("changed_at", newest), "oldest": Order("changed_at", nearest)}


class TaskView(View):
    queryset = Task.objects.none()

    def tasks(self) -> TaskQuerySet:
        return tasks_of(caller(self.request))

    def task(self, pk: int) -> Task:
        found = self.tasks().filter(pk=pk).first()
        if found is None:
            raise Http404
        return found


class Tasks(TaskView):
    scopes = {"GET": Scope.CARING_READ}
    filter_backends = [NamedFilters]
    filterset_class = TaskFilters
    pagination_class = TaskPages

    @described.read(TaskShape(many=True), "list_tasks", "List tasks", tag="caring")
    def get(self, request: Request) -> Response:
        """What changed last comes first; with ordering=oldest, last. Numbers are masked."""
        self.refuse_unknown({*TaskFilters.base_filters, *PAGING})
        found = self.filter_queryset(self.tasks()).values(*COLUMNS)
        return self.get_paginated_response(task_rows(self.paginate_queryset(found) or []))


class OneTask(TaskView):
    scopes = {"GET": Scope.CARING_READ}

    @described.read(TaskShape, "read_task", "Read a task", tag="caring")
    def get(self, request: Request, pk: int) -> Response:
        return Response(row_of(self.task(pk)))


class TaskVerb(TaskView):
    """POST: who acts must have this work, by their own role, teams and office."""

    scopes = {"POST": Scope.CARING_WRITE}

    def act(self, pk: int, body: type[Body], verb: Callable[..., Row]) -> HttpResponse:
        return self.write(lambda: self.done(pk, body, verb))

    def done(self, pk: int, body: type[Body], verb: Callable[..., Row]) -> Response:
        task, said = self.task(pk), self.said(body)
        by = said.pop("staff_number")
        access.require(by, "caring.work")
        if not Task.objects.workable_by(by).filter(pk=pk).exists():
            raise PermissionDenied(NOT_THEIRS)
        return Response(verb(task, by, **said))


class TakeNext(TaskView):
    scopes = {"POST": Scope.CARING_WRITE}

    @described.of_task(Who, TakenShape, "take_next_task", "Take the next task")
    def post(self, request: Request) -> HttpResponse:
        """The most urgent that nobody has and the policy allows now, of the work of `staff_number`."""
        return self.write(self.best)

    def best(self) -> Response:
        by = self.said(Who)["staff_number"]
        access.require(by, "caring.work")
        task = take_next(by=by)
        return Response({"task": row_of(task) if task else None})


class Take(TaskVerb):
    @described.of_task(Who, TaskShape, "take_task", "Take a task")
    def post(self, request: Request, pk: int) -> HttpResponse:
        """Recorded as a look at the number to dial. Without an `assignee` the policy has put it off: see `why`."""
        return self.act(pk, Who, _take)


class GiveBack(TaskVerb):
    @described.of_task(Who, TaskShape, "give_task_back", "Give a task back")
    def post(self, request: Request, pk: int) -> HttpResponse:
        """By whoever has it, or a supervisor."""
        return self.act(pk, Who, _give_back)


class Outcomes(TaskVerb):
    @described.of_task(NewOutcome, NotedShape, "note_outcome", "Say what came of a task")
    def post(self, request: Request, pk: int) -> HttpResponse:
        """What follows, follows as on the desk: done, tried again, another channel, a case. 409 unless it is theirs."""
        return self.act(pk, NewOutcome, _note)


def tasks_of(client: ApiClient) -> TaskQuerySet:
    """All; for a client of one team those of that team and those that no team has yet, as its people see them."""
    tasks: TaskQuerySet = Task.objects.filter(customer__erased_at=None)
    return tasks.filter(Q(team=None) | Q(team=client.team_id)) if client.team_id else tasks


def _take(task: Task, by: User) -> Row:
    take_task(task=task, by=by)
    return row_of(task)


def _give_back(task: Task, by: User) -> Row:
    if task.assignee_id != by.pk and by.role != Role.SUPERVISOR:
        raise PermissionDenied(_("Your role does not allow this here."))
    give_back(task=task, by=by)
    return row_of(task)


def _note(task: Task, by: User, *, outcome: str, **said: Any) -> Row:
    if outcome == Outcome.NEEDS_CASE:
        access.require(by, "case.open")
    if said["wants"]:
        access.require(by, "consent.record")
    try:
        noted = note_outcome(task=task, outcome=outcome, by=by, said=Said(**said))
    except CannotConsent as error:
        raise ValidationError({"wants": [ErrorDetail(str(error), code=error.code)]}) from None
    return {"task": row_of(task), "case": noted.case.number if noted.case else None}


def row_of(task: Task) -> Row:
    return task_rows([Task.objects.values(*COLUMNS).get(pk=task.pk)])[0]


def task_rows(rows: list[Row]) -> list[Row]:
    people = names(User, [row["assignee_id"] for row in rows])
    return [_task_row(row, people.get(row["assignee_id"])) for row in rows]


def _task_row(row: Row, person: tuple[Any, ...] | None) -> Row:
    told = {RENAMED.get(name, name): row[name] for name in COLUMNS}
    number = row["subscription__msisdn"]
    return told | {
        "number": mask_msisdn(number) if number else None,
        "assignee": {"staff_number": person[0], "name": person[1]} if person else None,
    }


def _stages() -> Any:
    return Stage.objects.filter(version__isnull=False).select_related("version")


def stage_row(stage: Stage) -> Row:
    version = stage.version
    assert version is not None
    return {
        "number": stage.number, "scope": stage.scope, "kind": stage.kind, "work": stage.work,
        "importance": stage.importance, "is_on": stage.is_on, "version": version.number, "since": version.at,
        "name": _in_both(lambda: version.text("name")), "purpose": _in_both(lambda: version.text("purpose")),
        "channels": version.channels, "due_hours": version.due_hours, "attempts": version.attempts,
        "pause_hours": version.pause_hours, "points": version.points,
    }  # fmt: skip


def _definition(stage: Stage) -> Row:
    version = stage.version
    assert version is not None
    ways = [
        {
            "source": way.source,
            "words": _in_both(partial(str, SOURCES[way.source].words)),
            "when": [_condition(one) for one in way.when],
            "channels": version.channels_of(way.number),
        }
        for way in kept_ways(version.rule)
    ]
    return {"rule": ways, "texts": {language: version.texts.get(language, {}) for language in LANGUAGES}}


def _condition(one: dict[str, Any]) -> Row:
    said = _in_both(partial(condition_in_words, one))
    return {"field": one["field"], "op": one["op"], "value": one["value"], "words": said}


def _in_both(say: Callable[[], str]) -> dict[str, str]:
    said = {}
    for language in LANGUAGES:
        with translation.override(language):
            said[language] = say()
    return said
