"""What comes from X, taken in: posts by the rules of social.intake, direct messages by those of social.private."""

import json

from crm.messaging.arrivals import Ignore, NotYet
from crm.messaging.models import Arrival, Connection
from crm.timeline.models import Direction, Interaction
from social import media
from social.echoes import receive_own_post
from social.intake import receive_post
from social.models import Account, Profile
from social.networks.x import reading
from social.networks.x.loose import Json, Unreadable, dict_in, text_in
from social.networks.x.mediums import Medium
from social.networks.x.privates import Private, private
from social.networks.x.sending import NETWORK
from social.private import receive_own_private, receive_private
from social.profiles import keep_profile
from social.storing import account_named

PULLED = "dm.pulled"  # our own word: a message that was fetched, of either direction
PRIVATE = ("dm.received", "dm.sent", PULLED)


def take(arrival: Arrival) -> Interaction | None:
    """The handler of the channel. Raises Ignore for what is not for us, NotYet for what is not complete yet."""
    connection, envelope = arrival.connection, envelope_of(bytes(arrival.body))
    if connection is None or envelope is None:
        raise Ignore("unreadable")
    kind = text_in(envelope.get("event_type"))
    if not (kind in PRIVATE or (kind.startswith("post.") and kind.endswith("create"))):
        raise Ignore("unknown kind")
    intake = _Intake(connection, arrival)
    try:
        return intake.take_private(envelope) if kind in PRIVATE else intake.take_post(envelope)
    except Unreadable as why:
        raise NotYet(str(why)) from why


def envelope_of(body: bytes) -> Json | None:
    try:
        return dict_in(dict_in(json.loads(body)).get("data")) or None
    except ValueError:
        return None


class _Intake:
    """One arrival on its way in."""

    def __init__(self, connection: Connection, arrival: Arrival) -> None:
        self.connection, self.arrival = connection, arrival
        self.us = str(connection.option("user_id"))
        if not self.us:
            raise NotYet("user id unknown")
        self.account: Account = account_named(NETWORK, connection.account)
        self.handles: dict[str, str] = {self.us: self.account.handle}

    def take_post(self, envelope: Json) -> Interaction | None:
        self._meet(envelope)
        heard = reading.post(envelope, us=self.us, handle_of=self.handles)
        if heard.is_repost:
            raise Ignore("repost")
        receive = receive_own_post if heard.row.is_brand else receive_post
        post = receive(account=self.account, row=heard.row)
        self._want(post.interaction, heard.media)
        return post.interaction

    def take_private(self, envelope: Json) -> Interaction | None:
        self._meet(envelope)
        found = [one for one in private(envelope) if self._is_ours(one)]
        if not found:
            raise Ignore("no message between two")
        return [self._take_message(one) for one in found][-1]

    def _is_ours(self, one: Private) -> bool:
        """Between us and somebody else."""
        return self.us in (one.sender_id, one.recipient_id) and one.sender_id != one.recipient_id

    def _take_message(self, one: Private) -> Interaction | None:
        ours = one.sender_id == self.us
        other = one.recipient_id if ours else one.sender_id
        if other not in self.handles:
            raise Unreadable("a message without its author")
        receive = receive_own_private if ours else receive_private
        contact = receive(
            account=self.account, person=self.handles[other], conversation=one.conversation,
            external_id=one.external_id, text=one.text, at=one.at,
        )  # fmt: skip
        self._want(contact, one.media)
        return contact

    def _meet(self, envelope: Json) -> None:
        """Keep who is who, and learn the handles behind the ids; those X did not tell, we may know."""
        for person in sorted(reading.people(envelope)):  # in one order, or two events that name the same wait crosswise
            if person.external_id != self.us:
                said = {"display": person.handle, "name": person.name}
                keep_profile(network=NETWORK, external_id=person.external_id, seen_at=self.arrival.came_at, **said)
        ids = reading.ids_in(envelope) - self.handles.keys()
        known = Profile.objects.filter(network=NETWORK, external_id__in=ids)
        self.handles |= {profile.external_id: profile.display or profile.handle for profile in known}

    def _want(self, contact: Interaction | None, found: list[Medium]) -> None:
        if contact is not None and contact.direction == Direction.IN:
            for medium in found:
                media.want(contact, self.connection, medium.external_id, medium.url)
