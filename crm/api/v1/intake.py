"""What a client hands in: a case, or a contact on a case."""

from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from crm.api.models import ApiClient
from crm.cases.actions import add_interaction, open_case
from crm.cases.models import Case
from crm.customers.actions import find_or_create_customer
from crm.timeline.models import Interaction


def open_from(client: ApiClient, said: dict[str, Any]) -> tuple[Case, bool]:
    """The case of this contact, and whether it is new: the client's `external_id` opens one case only."""
    channel = said.get("channel") or client.channel
    if not channel:
        raise ValidationError({"channel": _("Name the channel: this client has none of its own.")}, code="required")
    own_id = _own_id(client, said["external_id"])
    known = _known(channel, own_id)
    if known is not None:
        return Case.objects.get(entries__interaction=known), False
    about = {name: said[name] for name in ("text", "kind", "subject", "place", "priority", "tags")}
    return open_case(
        customer=find_or_create_customer(**said["customer"]),
        channel=channel,
        category=said.get("category"),
        by=said.get("staff_number"),
        at=said.get("occurred_at"),
        external_id=own_id,
        team=client.team,
        **about,
    ), True


def log_on(client: ApiClient, case: Case, said: dict[str, Any], *, version: int | None) -> tuple[Interaction, bool]:
    """The contact on this case, and whether it is new."""
    channel = said.get("channel") or client.channel or case.channel
    own_id = _own_id(client, said["external_id"])
    known = _known(channel, own_id)
    if known is not None:
        return _of_this_case(known, case), False
    return add_interaction(
        case=case,
        channel=channel,
        by=said.get("staff_number"),
        at=said.get("at"),
        by_person=not said["automatic"],
        external_id=own_id,
        version=version,
        **{name: said[name] for name in ("direction", "text", "subject")},
    ), True


def _own_id(client: ApiClient, external_id: str) -> str:
    """Two clients may number their contacts alike; rows.OWN_ID takes the mark off again."""
    return f"client-{client.pk}:{external_id}" if external_id else ""


def _known(channel: str, own_id: str) -> Interaction | None:
    """The contact with this id. Of two requests at once, the second waits here until the first has committed."""
    if not own_id:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{channel} {own_id}"])
    return Interaction.objects.filter(channel=channel, account="", external_id=own_id).first()


def _of_this_case(known: Interaction, case: Case) -> Interaction:
    if known.in_case.case_id != case.pk:
        raise ValidationError({"external_id": _("This id belongs to a contact of another case.")}, code="taken")
    return known
