"""Feeding an archive through live intake in time order, as if it happened now: `import_posts --replay`.

Each step is one transaction under the account's lock that takes the next rows, so a replay may be killed anywhere,
begun again, or run twice at once, and ends the same.
"""

import datetime as dt
from collections.abc import Callable

from django.db import transaction

from crm.cases.actions import close_archive
from crm.cases.defaults import ensure_policy
from crm.cases.sweep import sweep_archive
from crm.lib.moments import database_now
from social.intake import take_post
from social.models import Account
from social.rebuilding import unwind_late_conversations

STEP = 25


def replay(account: Account, *, progress: Callable[[int], None] | None = None) -> int:
    """Take every archive row of the account that no replay has taken; then close what is open. Returns how many.

    The account's clocks are swept at each row's own time. Nothing is sent and nobody is told.
    """
    ensure_policy()
    unwind_late_conversations(account)
    taken = 0
    while step := _step(account):
        taken += step
        if progress:
            progress(taken)
    close(account)
    return taken


@transaction.atomic
def _step(account: Account) -> int:
    Account.objects.select_for_update().get(pk=account.pk)
    posts = list(account.posts.untaken().select_related("account").in_order()[:STEP])
    for post in posts:
        sweep_archive(upto=post.at)
        post.taken_at = database_now()
        post.save(update_fields=["taken_at"])
        take_post(post)
    return len(posts)


def last_row_at(account: Account) -> dt.datetime | None:
    """When the archive ends: its last row's time, mentions included."""
    return account.posts.archived().order_by("-at").values_list("at", flat=True).first()


def close(account: Account) -> None:
    """What is still open when the archive ends is closed as archived at that moment."""
    end = last_row_at(account)
    if end:
        sweep_archive(upto=end)
        close_archive(channel=account.network, account=account.handle, at=end)
