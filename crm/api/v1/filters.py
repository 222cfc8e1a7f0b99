"""What the list of cases can be narrowed by. An unknown word is refused: it would widen the list in silence."""

import datetime as dt
from functools import lru_cache
from typing import Any

import django_filters as filters
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.forms import CharField
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework.request import Request

from caring.models import Stage, Task
from caring.words import State as TaskState
from crm.api.fields import Moment
from crm.cases.models import Breach, Case, Category, Problem
from crm.cases.policies import rules_in_force
from crm.cases.queries import CaseQuerySet
from crm.cases.words import Kind, State
from crm.customers.lines.queries import lines_of_number
from crm.customers.models import ServiceOrder, Subscription
from crm.lib.msisdn import BadNumber, normalise
from crm.staff.models import Division, Office, Team
from crm.timeline.models import Channel
from crm.visits.models import Visit
from crm.visits.words import VisitState

QUEUES = ("all", "unassigned", "at_risk", "waiting", "breached")


class NumberField(CharField):
    """A telephone number as people write it, in E.164."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        try:
            return normalise(text) if text else ""
        except BadNumber as error:
            raise ValidationError(str(error), code="invalid") from error


@extend_schema_field(OpenApiTypes.STR)
class NumberFilter(filters.Filter):
    field_class = NumberField


class MomentField(CharField):
    """A time with its offset; a + that arrived unescaped, as a space, is still a +."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return read_moment(text.replace(" ", "+")) if text else None


def read_moment(text: str) -> dt.datetime:
    try:
        at = parse_datetime(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise ValidationError(Moment.default_error_messages["invalid"], code="invalid")
    return at


@extend_schema_field(OpenApiTypes.DATETIME)
class MomentFilter(filters.Filter):
    field_class = MomentField


class CaseFilters(filters.FilterSet):
    queue = filters.ChoiceFilter(
        choices=[(name, name) for name in QUEUES],
        method="in_queue",
        label="Running cases as the desk's queues show them.",
    )
    state = filters.MultipleChoiceFilter(choices=State.choices, distinct=False)
    kind = filters.ChoiceFilter(choices=Kind.choices)
    channel = filters.ChoiceFilter(choices=Channel.choices)
    category = filters.ModelChoiceFilter(queryset=Category.objects.all(), to_field_name="code")
    team = filters.ModelChoiceFilter(queryset=Team.objects.all(), to_field_name="code")
    assignee = filters.CharFilter(field_name="assignee__staff_number", label="Staff number.")
    customer = filters.NumberFilter(field_name="customer_id", label="The customer's id.")
    msisdn = NumberFilter(method="of_number", label="A number of the customer: 0812…, 62812… or +62812…")
    tag = filters.CharFilter(method="with_tag")
    opened_after = MomentFilter(field_name="opened_at", lookup_expr="gte")
    opened_before = MomentFilter(field_name="opened_at", lookup_expr="lt")
    due_before = MomentFilter(field_name="due_at", lookup_expr="lt")
    breached = filters.ChoiceFilter(
        choices=[("true", "true"), ("false", "false")], method="missed", label="A deadline of it was missed."
    )

    class Meta:
        model = Case
        fields: list[str] = []

    def in_queue(self, cases: CaseQuerySet, _name: str, queue: str) -> CaseQuerySet:
        match queue:
            case "unassigned":
                return cases.unassigned()
            case "at_risk":
                return at_risk(cases)
            case "waiting":
                return cases.waiting()
            case "breached":
                return cases.breached()
            case _:
                return cases.running()

    def of_number(self, cases: CaseQuerySet, _name: str, msisdn: str) -> CaseQuerySet:
        held = Q(customer__subscriptions__msisdn=msisdn)
        known = Q(customer__contact_points__kind="msisdn", customer__contact_points__value=msisdn)
        return cases.filter(pk__in=Case.objects.filter(held | known).values("pk"))

    def with_tag(self, cases: CaseQuerySet, _name: str, tag: str) -> CaseQuerySet:
        return cases.filter(tags__contains=[tag])

    def missed(self, cases: CaseQuerySet, _name: str, wanted: str) -> CaseQuerySet:
        """Recorded, or past its deadline now though the sweep has not been by."""
        recorded = Exists(Breach.objects.filter(case=OuterRef("pk"), withdrawn_at=None))
        late = Q(pk__in=Case.objects.overdue(timezone.now()).values("pk"))
        return cases.filter(late | Q(recorded)) if wanted == "true" else cases.exclude(late | Q(recorded))


class ProblemFilters(filters.FilterSet):
    state = filters.ChoiceFilter(choices=[("open", "open"), ("solved", "solved")])
    category = filters.ModelChoiceFilter(queryset=Category.objects.all(), to_field_name="code")
    division = filters.ModelChoiceFilter(queryset=Division.objects.all(), to_field_name="code")
    place = filters.CharFilter(lookup_expr="iexact")

    class Meta:
        model = Problem
        fields: list[str] = []


class VisitFilters(filters.FilterSet):
    office = filters.ModelChoiceFilter(queryset=Office.objects.all(), to_field_name="code")
    day = filters.DateFilter(label="On the office's own calendar.")
    state = filters.MultipleChoiceFilter(choices=VisitState.choices, distinct=False)

    class Meta:
        model = Visit
        fields: list[str] = []


class LineFilters(filters.FilterSet):
    msisdn = NumberFilter(method="of_number", label="Its number now or before: 0812…, 62812… or +62812…")
    customer = filters.NumberFilter(method="of_customer", label="Id of the owner or the user.")
    state = filters.MultipleChoiceFilter(choices=Subscription.State.choices, distinct=False)

    class Meta:
        model = Subscription
        fields: list[str] = []

    def of_number(self, lines: Any, _name: str, msisdn: str) -> Any:
        return lines.filter(pk__in=lines_of_number(msisdn).order_by().values("pk"))

    def of_customer(self, lines: Any, _name: str, customer: int) -> Any:
        return lines.filter(Q(customer=customer) | Q(user=customer))


class OrderFilters(filters.FilterSet):
    msisdn = NumberFilter(method="of_number", label="A number that the line has or had.")
    customer = filters.NumberFilter(field_name="customer_id", label="The customer's id.")
    kind = filters.ChoiceFilter(choices=ServiceOrder.Kind.choices)
    state = filters.MultipleChoiceFilter(choices=ServiceOrder.State.choices, distinct=False)

    class Meta:
        model = ServiceOrder
        fields: list[str] = []

    def of_number(self, orders: Any, _name: str, msisdn: str) -> Any:
        return orders.filter(subscription__in=lines_of_number(msisdn).order_by().values("pk"))


class TaskFilters(filters.FilterSet):
    stage = filters.ModelMultipleChoiceFilter(queryset=Stage.objects.all(), distinct=False, label="1 to 24.")
    state = filters.MultipleChoiceFilter(choices=TaskState.choices, distinct=False)
    line = filters.NumberFilter(field_name="subscription_id", label="The line's id.")
    msisdn = NumberFilter(method="of_number", label="A number that the line has or had.")
    customer = filters.NumberFilter(field_name="customer_id", label="The customer's id.")
    due_before = MomentFilter(field_name="due_at", lookup_expr="lt")
    changed_since = MomentFilter(field_name="changed_at", lookup_expr="gte")

    class Meta:
        model = Task
        fields: list[str] = []

    def of_number(self, tasks: Any, _name: str, msisdn: str) -> Any:
        return tasks.filter(subscription__in=lines_of_number(msisdn).order_by().values("pk"))


class NamedFilters(DjangoFilterBackend):
    """Builds only the filters that the request names: copying all of them costs a hot list a fifth of its time."""

    def get_filterset(self, request: Request, queryset: Any, view: Any) -> filters.FilterSet:
        narrowed = only(view.filterset_class, frozenset(request.query_params))
        return narrowed(request.query_params, queryset=queryset, request=request)


@lru_cache(maxsize=256)
def only(whole: type[filters.FilterSet], wanted: frozenset[str]) -> Any:
    narrowed: Any = type(whole.__name__, (whole,), {})
    narrowed.base_filters = {name: one for name, one in whole.base_filters.items() if name in wanted}
    return narrowed


def at_risk(cases: CaseQuerySet) -> CaseQuerySet:
    policy = rules_in_force().policy
    limits = (policy.response_risk_seconds, policy.resolution_risk_seconds)
    return cases.at_risk(timezone.now(), *(dt.timedelta(seconds=limit) for limit in limits))
