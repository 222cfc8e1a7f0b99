"""Taking replayed conversations apart again, when rows come that belong before or after what was already closed.

An archive's cases follow from its rows. So the rows are kept, and the cases of a conversation that got new ones are
built anew: the result depends on the set of rows alone, never on the order in which files arrived.
"""

from django.db import transaction
from django.db.models import Exists, OuterRef

from crm.cases.models import Case, CaseInteraction
from crm.events.actions import record
from crm.timeline.models import Interaction
from social.models import Account, Post


def unwind_late_conversations(account: Account) -> int:
    """Unwind each conversation that has rows to take and is already past them; returns how many."""
    late = _late_conversations(account)
    for conversation in late:
        unwind(account, conversation)
    return len(late)


def _late_conversations(account: Account) -> list[str]:
    """Those with an untaken row where a later one was taken, or whose case the end of a replay has closed."""
    beside = Post.objects.archived().filter(account=account, conversation=OuterRef("conversation"))
    later = beside.taken().filter(at__gte=OuterRef("at"))
    closed = beside.filter(interaction__in_case__case__closed_at__isnull=False)
    untaken = account.posts.untaken().filter(Exists(later) | Exists(closed))
    return sorted(set(untaken.values_list("conversation", flat=True)))


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
