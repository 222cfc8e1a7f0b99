"""What each kind of file may say, and where it goes."""

from dataclasses import dataclass, field

from django.db import models

from crm.billing.loading.fields import Field
from crm.billing.models import Bill, CreditNote, Load, Payment, TopUp, Usage
from crm.customers.models import Customer, Subscription

LINE = Field("line", "line", required=True, longest=20)


@dataclass(frozen=True)
class Sheet:
    """`reference` tells a fact from all others; `revenue` and `month` are SQL over the judged row, for the medians."""

    fields: tuple[Field, ...]
    model: type[models.Model] | None = None
    reference: tuple[str, ...] = ()
    derived: dict[str, str] = field(default_factory=dict)
    month: str = "NULL::date"
    revenue: str = "NULL::bigint"

    def field(self, name: str) -> Field | None:
        return next((one for one in self.fields if one.name == name), None)


SHEETS: dict[str, Sheet] = {
    Load.Kind.BILLS: Sheet(
        fields=(
            LINE,
            Field("number", "text", required=True),
            Field("month", "month", required=True),
            Field("net", "credit", required=True),
            Field("tax", "credit"),
            Field("total", "credit"),
            Field("issued", "day"),
            Field("due", "day"),
            Field("paid", "past_day"),
        ),
        model=Bill,
        reference=("number",),
        derived={"tax": "coalesce(tax, total - net, 0)", "total": "coalesce(total, net + coalesce(tax, 0))"},
        month="month",
        revenue="net",
    ),
    Load.Kind.PAYMENTS: Sheet(
        fields=(
            LINE,
            Field("reference", "text", required=True),
            Field("amount", "money", required=True),
            Field("paid_on", "past_day", required=True),
            Field("method", "text", longest=40),
            Field("bill", "text"),
        ),
        model=Payment,
        reference=("reference",),
    ),
    Load.Kind.TOP_UPS: Sheet(
        fields=(
            LINE,
            Field("reference", "text", required=True),
            Field("amount", "money", required=True),
            Field("bought_on", "past_day", required=True),
            Field("method", "text", longest=40),
        ),
        model=TopUp,
        reference=("reference",),
        month="date_trunc('month', bought_on)::date",
        revenue="amount",
    ),
    Load.Kind.CREDIT_NOTES: Sheet(
        fields=(
            LINE,
            Field("reference", "text", required=True),
            Field("month", "month", required=True),
            Field("amount", "money", required=True),
            Field("given_on", "past_day", required=True),
            Field("reason", "text", longest=120),
            Field("bill", "text"),
        ),
        model=CreditNote,
        reference=("reference",),
        month="month",
    ),
    Load.Kind.USAGE: Sheet(
        fields=(
            LINE,
            Field("month", "month", required=True),
            Field("minutes_in", "quantity"),
            Field("minutes_out", "quantity"),
            Field("sms", "count"),
            Field("megabytes", "quantity"),
            Field("charged", "credit"),
            Field("recharged", "rupiah"),
            Field("days_on_network", "count"),  # of a new line, at the end of the month
        ),
        model=Usage,
        reference=("subscription_id", "month"),
        month="month",
        revenue="charged",
    ),
    Load.Kind.CUSTOMERS: Sheet(
        fields=(
            Field("line", "line", longest=20),
            Field("reference", "text", required=True),
            Field("kind", "choice", choices=tuple(Customer.Kind.values)),
            Field("name", "text", longest=160),
            Field("honorific", "text", longest=20),
            Field("sex", "choice", choices=tuple(Customer.Sex.values)),
            Field("birth_date", "past_day"),
            Field("email", "email"),
            Field("nik", "nik"),
            Field("city", "text", longest=80),
            Field("language", "choice", choices=("id", "en")),
            Field("since", "past_day"),
            Field("months", "count"),
            Field("product", "text", longest=40),
            Field("state", "choice", choices=tuple(Subscription.State.values)),
            Field("monthly", "credit"),
            Field("total", "credit"),
        ),
    ),
}
