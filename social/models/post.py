from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from crm.customers.models import Customer
from crm.staff.access import may
from crm.staff.models import User
from crm.timeline.models import Interaction
from social.models.account import Account


class PostQuerySet(models.QuerySet["Post"]):
    def visible_to(self, user: User | None) -> "PostQuerySet":
        """Whoever may open customers' records; who only looks at their division's cases reads none."""
        return self if may(user, "customer.read") else self.none()

    def in_order(self) -> "PostQuerySet":
        """Oldest first; posts of one second by their ids read as numbers, so that any file order gives one result."""
        return self.order_by("at", Length("external_id"), "external_id")

    def archived(self) -> "PostQuerySet":
        return self.filter(is_archive=True)

    def taken(self) -> "PostQuerySet":
        """Those that have gone through the rules of intake."""
        return self.filter(taken_at__isnull=False)

    def untaken(self) -> "PostQuerySet":
        """Archive rows that a replay has still to take."""
        return self.archived().filter(taken_at__isnull=True)

    def by(self, handle: str, *, beside: "Post") -> "PostQuerySet":
        """What this customer wrote in that post's conversation, from the same source (archive or live)."""
        return self.filter(
            account=beside.account_id,
            conversation=beside.conversation,
            author=handle,
            is_brand=False,
            is_archive=beside.is_archive,
        )


class Post(models.Model):
    """One public post about or by an account: a row of an archive, or a mention as it came.

    Handles are kept as the network compares them: without @, lower case.
    """

    class State(models.TextChoices):
        MENTION = "mention", _("Mention")
        CASE = "case", _("In a case")
        ASIDE = "aside", _("No case")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="posts")
    external_id = models.CharField(max_length=64)
    conversation = models.CharField(max_length=64)
    author = models.CharField(max_length=80)
    display = models.CharField(max_length=80, help_text="The author's handle as the network writes it.")
    is_brand = models.BooleanField(default=False)
    addressed = models.BooleanField(
        default=False, help_text="Meant for us: the text holds the account's handle, or the network says so."
    )
    summons = models.BooleanField(default=False, help_text="It mentions or quotes us, so that an app may answer it.")
    at = models.DateTimeField()
    text = models.TextField(blank=True)
    reply_to = models.CharField(max_length=80, blank=True, help_text="The handle of whom it answers.")
    parent = models.CharField(max_length=64, blank=True, help_text="The network's id of the post it answers, if told.")
    metrics = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.MENTION)
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="posts")
    interaction = models.OneToOneField(
        Interaction, null=True, blank=True, on_delete=models.PROTECT, related_name="post"
    )
    is_archive = models.BooleanField(default=False)
    taken_at = models.DateTimeField(
        null=True, blank=True, help_text="When the rules of intake took it; empty: an archive row no replay has taken."
    )

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints = [
            # Imports and live intake rely on it: one post is kept once, however often it comes.
            models.UniqueConstraint(fields=["account", "external_id"], name="post_once"),
            # The report finds a case's first post through its interaction.
            models.CheckConstraint(
                condition=~Q(state="case") | Q(interaction__isnull=False), name="post_of_a_case_has_its_interaction"
            ),
        ]
        indexes = [
            # What a customer wrote in a conversation; the brand rows there.
            models.Index(fields=["account", "conversation", "author"], name="post_conversation"),
            # The replay's next rows, and the last row of an account.
            models.Index("account", "at", Length("external_id"), "external_id", name="post_order"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.external_id}"
