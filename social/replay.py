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
from social.models import Account, Post
from social.rebuilding import unwind_late

STEP = 25


def replay(account: Account, *, progress: Callable[[int], None] | None = None) -> int:
    """Take every archive row of the account that no replay has taken; then close what is open. Returns how many.

    The account's clocks are swept at each row's own time. Nothing is sent and nobody is told.
    """
    ensure_policy()
    taken = 0
    while not _close_when_all_taken(account):
        taken += _step(account)
        if progress:
            progress(taken)
    return taken


@transaction.atomic
def _step(account: Account) -> int:
    Account.objects.select_for_update().get(pk=account.pk)
    posts = _next_rows(account)
    if unwind_late(account, posts):
        posts = _next_rows(account)
    now = database_now()
    for post in posts:
        sweep_archive(upto=post.at)
        post.taken_at = now
        post.save(update_fields=["taken_at"])
        take_post(post)
    return len(posts)


def _next_rows(account: Account) -> list[Post]:
    return list(account.posts.untaken().select_related("account").in_order()[:STEP])


def last_row_at(account: Account) -> dt.datetime | None:
    """When the archive ends: its last row's time, mentions included."""
    return account.posts.archived().order_by("-at").values_list("at", flat=True).first()


@transaction.atomic
def _close_when_all_taken(account: Account) -> bool:
    """What is still open when the archive ends is closed as archived at that moment. False while rows are left.

    Under the lock: another replay may be at it, another import may just have brought rows.
    """
    Account.objects.select_for_update().get(pk=account.pk)
    end = last_row_at(account)
    if end is None or account.posts.untaken().exists():
        return end is None
    sweep_archive(upto=end)
    close_archive(channel=account.network, account=account.handle, at=end)
    return True
