"""The lines that customers hold, what they are, and what provisioning says of them."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.customers.models.customer import Customer
from crm.lib.referring import refers, stays
from crm.staff.models import User


class Product(models.Model):
    """What we sell. The code is the operator's own name of it."""

    class Technology(models.TextChoices):
        MOBILE = "mobile", _("Mobile")
        FIXED_WIRELESS = "fixed_wireless", _("Fixed wireless")
        FIXED = "fixed", _("Fixed line")
        INTERNET = "internet", _("Internet")

    code = models.CharField(max_length=40, primary_key=True)
    postpaid = models.BooleanField(default=False)
    technology = models.CharField(max_length=20, choices=Technology.choices, default=Technology.MOBILE)
    position = models.PositiveSmallIntegerField(default=0)
    sold = models.BooleanField(default=True, help_text="Can be chosen for new lines.")

    class Meta:
        ordering = ["position", "code"]
        triggers = [stays()]

    def __str__(self) -> str:
        return self.code


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def held(self) -> "SubscriptionQuerySet":
        """Neither removed nor recycled: the number is the customer's."""
        return self.exclude(state__in=Subscription.ENDED)


class Subscription(models.Model):
    """One MSISDN or line that a customer holds, or held: a number that is recycled becomes another row."""

    class State(models.TextChoices):
        ORDERED = "ordered", _("Ordered")
        SURVEYED = "surveyed", _("Surveyed")
        INSTALLED = "installed", _("Installed")
        ACTIVE = "active", _("Active")
        DUE = "due", _("Bill overdue")
        ISOLIR = "isolir", _("Suspended (isolir)")
        GRACE = "grace", _("Grace period")
        BLOCKED = "blocked", _("Blocked")
        REMOVED = "removed", _("Removed")
        RECYCLED = "recycled", _("Number recycled")

    class Registration(models.TextChoices):
        """Prepaid registration (Permenkomdigi 7/2026): NIK and face match; result and reference, never the image."""

        NONE = "", pgettext_lazy("registration", "Not registered")
        PENDING = "pending", pgettext_lazy("registration", "Being checked")
        REGISTERED = "registered", pgettext_lazy("registration", "Registered")
        REFUSED = "refused", pgettext_lazy("registration", "Refused")

    ENDED = (State.REMOVED, State.RECYCLED)

    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="subscriptions", db_constraint=False, help_text="Owner."
    )
    user = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="used_lines", db_index=False,
        db_constraint=False, help_text="Who uses it, where that is not the owner.",
    )  # fmt: skip
    msisdn = models.CharField(max_length=20)
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    postpaid = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    state_since = models.DateTimeField(default=timezone.now)
    arpu = models.IntegerField(
        default=0, help_text="Rupiah a month, mean of the last three full months; credits can make it negative."
    )
    activated_on = models.DateField(null=True, blank=True)
    active_until = models.DateField(null=True, blank=True, help_text="Prepaid: end of the active period.")
    grace_until = models.DateField(null=True, blank=True, help_text="Prepaid: then the number is blocked.")
    ended_on = models.DateField(null=True, blank=True)
    registration = models.CharField(max_length=10, choices=Registration.choices, blank=True)
    registration_reference = models.CharField(max_length=60, blank=True)
    registered_at = models.DateTimeField(null=True, blank=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [
            # find_or_create_customer and the loads rely on it: of all lines of a number, one lives.
            models.UniqueConstraint(
                fields=["msisdn"], condition=~Q(state__in=["removed", "recycled"]), name="one_living_line_a_number"
            ),
            # The nightly run and bills rely on it: a prepaid line is never isolir, a postpaid one never in grace.
            models.CheckConstraint(
                condition=Q(
                    postpaid=True,
                    state__in=["ordered", "surveyed", "installed", "active", "due", "isolir", "removed"],
                )
                | Q(postpaid=False, state__in=["active", "grace", "blocked", "recycled"]),
                name="line_lives_its_life",
            ),
            models.CheckConstraint(
                condition=Q(registered_at__isnull=True) | ~Q(registration=""), name="registered_says_how"
            ),
        ]
        # As few as can be: loads write millions of lines.
        indexes = [
            models.Index(fields=["user"], condition=Q(user__isnull=False), name="line_user"),
            # Ended lines of a number, in search.
            models.Index(fields=["msisdn"], name="line_number"),
            # lines/nightly.py: whose active period is over, and those that wait beyond it.
            models.Index(fields=["active_until"], condition=Q(state="active", postpaid=False), name="line_runs_out"),
            models.Index(fields=["id"], condition=Q(state__in=["grace", "blocked"]), name="line_stands_still"),
        ]
        triggers = [*refers("customer", "user", "product"), stays()]

    def __str__(self) -> str:
        return f"{self.product_id} {self.pk}"

    @property
    def is_held(self) -> bool:
        return self.state not in self.ENDED


class NumberChange(models.Model):
    """A line got another number. Both are personal: erasure takes them away."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="number_changes")
    old = models.CharField(max_length=20)
    new = models.CharField(max_length=20)
    reference = models.CharField(max_length=80, blank=True, help_text="Of the order in provisioning.")
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-id"]
        # A caller with their old number is found.
        indexes = [models.Index(fields=["old"], name="number_before")]

    def __str__(self) -> str:
        return f"number change {self.pk}"


class ServiceOrder(models.Model):
    """What provisioning says it plans and did: a fact from there, told again when it changes."""

    class Kind(models.TextChoices):
        REGISTRATION = "registration", _("New connection")
        TRANSACTION = "transaction", _("Agreement and payment")
        SURVEY = "survey", _("Survey of the address")
        INSTALLATION = "installation", _("Installation")
        CHANGE = "change", _("Change of product, number, owner or address")
        REPAIR = "repair", _("Repair")
        REMOVAL = "removal", _("Removal")

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("order", "Planned")
        DONE = "done", pgettext_lazy("order", "Done")
        FAILED = "failed", pgettext_lazy("order", "Failed")
        CANCELLED = "cancelled", pgettext_lazy("order", "Cancelled")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="orders")
    subscription = models.ForeignKey(
        Subscription, null=True, blank=True, on_delete=models.CASCADE, related_name="orders"
    )
    kind = models.CharField(max_length=20, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    reference = models.CharField(max_length=80, unique=True, help_text="Provisioning's own number of it.")
    planned_for = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    remark = models.CharField(max_length=250, blank=True)
    told_at = models.DateTimeField(
        default=timezone.now, help_text="When provisioning said so: an older word changes nothing."
    )
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(state="done") | Q(done_at__isnull=False), name="done_says_when"),
        ]
        indexes = [models.Index(fields=["customer", "-created_at"], name="orders_of_customer")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
