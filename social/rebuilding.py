"""Taking replayed conversations apart again, when rows come that belong before or after what was already closed.

An archive's cases follow from its rows. So the rows are kept, and the cases of a conversation that got new ones are
built anew: the result depends on the set of rows alone, never on the order in which files arrived.
"""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.db import transaction

from crm.cases.models import Case, CaseInteraction
from crm.events.actions import record
from crm.timeline.models import Interaction
from social.models import Account, Post
from social.models.post import PostQuerySet


def unwind_late(account: Account, posts: Iterable[Post]) -> bool:
    """Unwind the conversations in which one of these untaken rows comes too late; were there any?

    Too late is a row before one that was taken, or in a conversation whose case the end of a replay has closed.
    """
    late = _late_conversations(account, [post.pk for post in posts])
    for conversation in late:
        unwind(account, conversation)
    return bool(late)


def _late_conversations(account: Account, ids: list[int]) -> list[str]:
    """In two plain questions by index: as one, the planner of a database without statistics may go through all rows
    for each."""
    begins: dict[str, Place] = {}
    for conversation, place in _places(account.posts.filter(pk__in=ids)):
        begins[conversation] = min(begins.get(conversation, place), place)
    here = account.posts.archived().filter(conversation__in=begins)
    closed = here.filter(interaction__in_case__case__closed_at__isnull=False).values_list("conversation", flat=True)
    after = {conversation for conversation, place in _places(here.taken()) if place > begins[conversation]}
    return sorted(after | set(closed))


Place = tuple[dt.datetime, int, str]


def _places(posts: PostQuerySet) -> Iterator[tuple[str, Place]]:
    """(conversation, where the post stands in the order of PostQuerySet.in_order)."""
    for conversation, at, external_id in posts.values_list("conversation", "at", "external_id"):
        yield conversation, (at, len(external_id), external_id)


@transaction.atomic
def unwind(account: Account, conversation: str) -> None:
    """Back to bare rows: the archive cases of this conversation and their contacts go, the posts stay."""
    Account.objects.select_for_update().get(pk=account.pk)
    posts = account.posts.archived().filter(conversation=conversation)
    contacts = list(posts.filter(interaction__isnull=False).values_list("interaction_id", flat=True))
    cases = list(Case.objects.filter(is_archive=True, entries__interaction__in=contacts).distinct())
    posts.exclude(state=Post.State.ASIDE).update(state=Post.State.MENTION)
    posts.update(interaction=None, customer=None, taken_at=None)
    CaseInteraction.objects.filter(interaction__in=contacts).delete()
    Interaction.objects.filter(pk__in=contacts).delete()
    for case in cases:
        record("case.unwound", subject=case, customer_id=case.customer_id, account=account.pk)
        case.delete()
