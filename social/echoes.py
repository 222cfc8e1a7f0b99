"""Our own words coming back from a network: told apart from what a colleague wrote there by hand.

An echo may be quicker than the outcome of the send, and it is the only witness when the line broke in between.
"""

import datetime as dt
import re

from django.db import transaction
from django.db.models import Q

from crm.messaging.actions import hear_back
from crm.messaging.arrivals import NotYet
from crm.messaging.models import Message
from crm.timeline.models import Interaction
from social.columns import Row
from social.intake import receive_post
from social.models import Account, Post
from social.storing import known_posts, unsaved_post

SKEW = dt.timedelta(minutes=2)
ADDRESSED = re.compile(r"^(?:@\w+\s+)+")
LINK = re.compile(r"https?://\S+")


@transaction.atomic
def receive_own_post(*, account: Account, row: Row) -> Post:
    """A post of ours: linked to the message it was, else taken as a colleague's answer. Raises NotYet."""
    Account.objects.select_for_update().get(pk=account.pk)
    known = known_posts(account, [row.external_id]).get(row.external_id)
    if known:
        return known
    message = message_behind(account, row.external_id, row.text, row.at, is_public=True, reply_to=row.parent)
    if message is None or message.interaction is None:
        return receive_post(account=account, row=row)
    post = unsaved_post(account, row, is_archive=False, taken_at=row.at)
    post.state, post.interaction, post.customer = Post.State.CASE, message.interaction, message.customer
    post.save()
    return post


def message_behind(
    account: Account, external_id: str, text: str, at: dt.datetime, *, is_public: bool, **way: str
) -> Message | None:
    """The message that this is the echo of, recorded as sent. `way` is where it went: reply_to, or recipient.

    Raises NotYet while another answer on the same way is being sent: it may be this one, changed by the network.
    """
    here = Message.objects.filter(Q(account__iexact=account.handle) | Q(account=""), channel=account.network)
    sent = here.filter(external_id=external_id).select_related("interaction", "customer").first()
    if sent is not None:
        return _named(sent, external_id)
    here = here.filter(is_public=is_public, created_at__lte=at + SKEW, **way)
    tried = list(here.tried().order_by("pk").select_related("interaction", "customer"))
    for message in tried:
        if says_the_same(message.body, text):
            return _named(hear_back(message=message, external_id=external_id, at=at), external_id)
    if any(message.state == Message.State.SENDING for message in tried):
        raise NotYet("an answer of ours is on its way")
    return None


def _named(message: Message, external_id: str) -> Message:
    """The contact carries the network's id too, so that nothing can become a second one of it."""
    if message.interaction_id:
        Interaction.objects.filter(pk=message.interaction_id, external_id="").update(external_id=external_id)
    return message


def says_the_same(ours: str, theirs: str) -> bool:
    """Networks put handles before a reply, shorten links, add one for a picture, and tidy spaces."""
    return _bare(ours) == _bare(theirs)


def _bare(text: str) -> str:
    return " ".join(LINK.sub(" ", ADDRESSED.sub("", text.strip())).split())
