"""What the demo's customers said on X before anybody looked, told to the simulated X too: so one can go on as them."""

from dataclasses import dataclass, field

from django.utils import timezone

from crm.cases.models import Case
from crm.demo.scene import ACCOUNTS
from crm.demo.simulators.x import messages, people, posts
from crm.demo.simulators.x.credentials import Credentials
from crm.demo.simulators.x.people import HANDLE, User
from crm.demo.simulators.x.store import Store
from crm.timeline.models import Channel, Direction, Interaction
from social.columns import Row
from social.models import Account, Post
from social.profiles import keep_profile
from social.storing import account_named, unsaved_post

INVENTED = "demo-"  # how a conversation begins that no network knows


def mirror(store: Store, ours: Credentials) -> None:
    """Every X case that the network does not know yet gets its posts and messages there, with the network's ids."""
    us, account = people.by_id(store, ours.user_id), account_named(Channel.X, ACCOUNTS[Channel.X])
    assert us
    cases = Case.objects.live().filter(channel=Channel.X, conversation__startswith=INVENTED)
    for case in cases.select_related("customer").order_by("pk"):
        if customer := _customer(store, case):
            _Telling(store, account, case, us, customer).tell()


def _customer(store: Store, case: Case) -> User | None:
    point = case.customer.contact_points.filter(kind="handle", network=Channel.X).first()
    if point is None or not HANDLE.fullmatch(point.display):
        return None
    user = people.ensure_user(store, point.display, case.customer.name)
    keep_profile(network=Channel.X, external_id=user.id, display=user.username, name=user.name, seen_at=timezone.now())
    return user


@dataclass
class _Telling:
    """One case; `last` is the newest post of its thread."""

    store: Store
    account: Account
    case: Case
    us: User
    customer: User
    last: posts.Post | None = field(default=None)

    def tell(self) -> None:
        """What waits in the outbox is still to be said: it goes out by itself."""
        said = Interaction.objects.filter(in_case__case=self.case, channel=Channel.X, message__isnull=True)
        for contact in said.order_by("at", "pk"):
            self._in_public(contact) if contact.is_public else self._in_private(contact)
        if self.last:
            Case.objects.filter(pk=self.case.pk).update(conversation=str(self.last.conversation_id))

    def _in_public(self, contact: Interaction) -> None:
        ours = contact.direction == Direction.OUT
        author, parent, at_ms = self.us if ours else self.customer, self.last, int(contact.at.timestamp() * 1000)
        self.last = posts.keep(self.store, author=author, text=contact.text, parent=parent, at_ms=at_ms)
        self._name(contact, self.last.id, str(self.last.conversation_id))
        row = Row(
            external_id=str(self.last.id),
            conversation=str(self.last.conversation_id),
            at=contact.at,
            author=author.username,
            text=contact.text,
            reply_to="" if parent is None else (self.customer if ours else self.us).username,
            is_brand=ours,
            parent=str(parent.id) if parent else "",
            addressed=not ours,
            summons=not ours,
        )
        post = unsaved_post(self.account, row, is_archive=False, taken_at=contact.at)
        post.state, post.interaction, post.customer = Post.State.CASE, contact, self.case.customer
        post.save()

    def _in_private(self, contact: Interaction) -> None:
        ends = (self.us, self.customer) if contact.direction == Direction.OUT else (self.customer, self.us)
        sender, recipient = ends
        at_ms = int(contact.at.timestamp() * 1000)
        message = messages.keep(self.store, sender=sender, recipient=recipient, text=contact.text, at_ms=at_ms)
        self._name(contact, message.id, message.conversation_id)

    def _name(self, contact: Interaction, external_id: int, conversation: str) -> None:
        known = {"external_id": str(external_id), "conversation": conversation}
        Interaction.objects.filter(pk=contact.pk).update(**known)
