"""What becomes of a post: the one set of rules for a live network and for a replayed archive.

A case is one customer in one conversation. A post opens it when it names the account, else the brand's answer to that
customer does; either way the clock runs from the customer's first post there. The rest stays a mention.
"""

from django.db import transaction

from crm.cases.actions import add_interaction, take_in
from crm.cases.models import Case
from crm.customers.actions import find_or_create_customer
from crm.lib.moments import database_now
from crm.timeline.models import Direction, Interaction
from social.columns import Row, handle
from social.models import Account, Post
from social.signature import signature
from social.storing import known_posts, unsaved_post


@transaction.atomic
def receive_post(*, account: Account, row: Row) -> Post:
    """Live intake of one post. The same post again returns the one that is kept and changes nothing."""
    Account.objects.select_for_update().get(pk=account.pk)
    known = known_posts(account, [row.external_id]).get(row.external_id)
    if known:
        return known
    post = unsaved_post(account, row, is_archive=False, taken_at=database_now())
    post.save()
    take_post(post)
    return post


def take_post(post: Post) -> None:
    """Apply the rules to a kept post whose `taken_at` is set. The caller holds the account's lock."""
    if post.is_brand:
        _brand_wrote(post)
    elif post.addressed or _case_of(post.author, post):
        _bring_in(post.author, post)


def _brand_wrote(post: Post) -> None:
    """Every brand post counts as a person's answer to the customer it addresses, if that one wrote before."""
    customer = post.reply_to
    if customer in ("", handle(post.account.handle)):
        return
    before = Post.objects.by(customer, beside=post).taken().exclude(state=Post.State.ASIDE)
    if before.filter(at__lt=post.at).exists():
        case = _case_of(customer, post) or _bring_in(customer, post)
        if case:  # none: what they wrote lies in a case that is closed, and nothing new asks for an answer
            _add_answer(case, post)


def _case_of(customer: str, post: Post) -> Case | None:
    """The case this customer has in this conversation, while it can still be added to."""
    posts = Post.objects.by(customer, beside=post)
    return Case.objects.filter(entries__interaction__post__in=posts, closed_at__isnull=True).order_by("-pk").first()


def _bring_in(customer: str, post: Post) -> Case | None:
    """Everything this customer has written here and that lies in no case yet, from the first post on."""
    posts = Post.objects.by(customer, beside=post).taken().filter(state=Post.State.MENTION)
    case = None
    for mention in posts.select_related("account").in_order():
        case = _add_message(mention)
    return case


def _add_message(post: Post) -> Case:
    customer = find_or_create_customer(handle=post.display, network=post.account.network, at=post.at)
    case = take_in(customer=customer, is_archive=post.is_archive, is_public=True, **_network_fields(post))
    known = Interaction.objects.get(
        channel=post.account.network, account=post.account.handle, external_id=post.external_id
    )
    _file(post, known)
    return case


def _add_answer(case: Case, post: Post) -> None:
    answer = add_interaction(
        case=case, direction=Direction.OUT, signature=signature(post.text), is_public=True, **_network_fields(post)
    )
    _file(post, answer)


def _network_fields(post: Post) -> dict:
    return {
        "channel": post.account.network,
        "account": post.account.handle,
        "conversation": post.conversation,
        "external_id": post.external_id,
        "reply_to": post.reply_to,
        "text": post.text,
        "at": post.at,
    }


def _file(post: Post, interaction: Interaction) -> None:
    post.state, post.interaction, post.customer = Post.State.CASE, interaction, interaction.customer
    post.save(update_fields=["state", "interaction", "customer"])
