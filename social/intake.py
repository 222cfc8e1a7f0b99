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
from social.models.post import PostQuerySet
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
    post.refresh_from_db()
    return post


def take_post(post: Post) -> None:
    """Apply the rules to a kept post whose `taken_at` is set. The caller holds the account's lock."""
    if post.is_brand:
        _brand_wrote(post)
    elif post.addressed or _case_of(post.author, post) or (post.is_archive and _answers_to(post).exists()):
        _bring_in(post.author, post)


def _brand_wrote(post: Post) -> None:
    """Every brand post counts as a person's answer to the customer whose post it hangs on; where that one is not known,
    to the customer it addresses, if they wrote before."""
    answered = _post_above(post)
    if answered is None:
        answered = _earlier_post(post.reply_to, post)
    if answered is None or answered.taken_at is None or answered.state == Post.State.ASIDE:
        return
    case = _case_of(answered.author, answered) or _bring_in(answered.author, answered)
    post.refresh_from_db(fields=["state"])  # bringing the customer in may have brought this answer along
    if case and post.state == Post.State.MENTION:  # no case: it is closed, and nothing new asks for an answer
        _add_answer(case, post)


def _post_above(post: Post) -> Post | None:
    """The customer's post on which a brand post hangs, be it by way of other posts of the brand."""
    seen, beside = {post.external_id}, post.account.posts.filter(is_archive=post.is_archive)
    above: Post | None = post
    while above is not None and above.is_brand:
        above = beside.filter(external_id=above.parent).exclude(external_id__in=seen).first() if above.parent else None
        seen |= {above.external_id} if above else set()
    return above


def _earlier_post(customer: str, post: Post) -> Post | None:
    """The first that this customer wrote here before, if they did."""
    if customer in ("", handle(post.account.handle)):
        return None
    before = Post.objects.by(customer, beside=post).taken().exclude(state=Post.State.ASIDE)
    return before.filter(at__lt=post.at).in_order().first()


def _answers_to(post: Post) -> PostQuerySet:
    """Brand posts on this one that were taken before it: an archive's clock may put both into one second."""
    here = post.account.posts.filter(conversation=post.conversation, author=handle(post.account.handle))
    return here.taken().filter(is_archive=post.is_archive, parent=post.external_id, state=Post.State.MENTION)


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
        if mention.is_archive:
            _add_answers_to(mention, case)
    if case and not post.is_archive:
        _add_early_answers(case, customer, beside=post)
    return case


def _add_answers_to(post: Post, case: Case) -> None:
    for answer in _answers_to(post).select_related("account").in_order():
        _add_answer(case, answer)
        _add_answers_to(answer, case)


def _add_early_answers(case: Case, customer: str, *, beside: Post) -> None:
    """Answers of ours that a live network brought before the post they answer. (A replay takes rows in order.)"""
    first = Post.objects.by(customer, beside=beside).in_order()[0]
    ours = beside.account.posts.filter(
        conversation=beside.conversation, is_brand=True, reply_to=customer, is_archive=False, at__gt=first.at
    )
    for answer in ours.filter(state=Post.State.MENTION).exclude(pk=beside.pk).select_related("account").in_order():
        _add_answer(case, answer)


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
        "reply_to": post.parent or post.reply_to,
        "text": post.text,
        "at": post.at,
    }


def _file(post: Post, interaction: Interaction) -> None:
    post.state, post.interaction, post.customer = Post.State.CASE, interaction, interaction.customer
    post.save(update_fields=["state", "interaction", "customer"])
