"""Keeping posts: each once, however often and from however many files it comes."""

import datetime as dt
from collections.abc import Iterable

from social.columns import Row, handle
from social.models import Account, Post


def account_named(network: str, name: str) -> Account:
    """The account of this handle, in any case; made when it is new."""
    written = name.strip().lstrip("@")
    known = Account.objects.filter(network=network, handle__iexact=written).first()
    return known or Account.objects.create(network=network, handle=written)


def unsaved_post(account: Account, row: Row, *, is_archive: bool, taken_at: dt.datetime | None = None) -> Post:
    named = f"@{account.handle}".lower() in row.text.lower()
    return Post(
        account=account,
        external_id=row.external_id,
        conversation=row.conversation,
        author=handle(row.author),
        display=row.author,
        is_brand=row.is_brand,
        addressed=named if row.addressed is None else row.addressed,
        summons=row.summons,
        at=row.at,
        text=row.text,
        reply_to=handle(row.reply_to),
        parent=row.parent,
        metrics=row.metrics,
        is_archive=is_archive,
        taken_at=taken_at,
    )


def known_posts(account: Account, ids: Iterable[str]) -> dict[str, Post]:
    return {post.external_id: post for post in account.posts.filter(external_id__in=list(ids))}


def says_the_same(post: Post, row: Row) -> bool:
    """Is the row the post we have? Counts move with time and don't matter."""
    return (post.text, post.at, post.conversation, post.author, post.reply_to, post.parent) == (
        row.text, row.at, row.conversation, handle(row.author), handle(row.reply_to), row.parent,
    )  # fmt: skip
