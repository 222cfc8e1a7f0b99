"""What this room holds of a customer: their posts, and ours to them."""

from django.db.models import Q

from crm.customers.linking import Move
from social.models import Post


def move_posts(what: Move) -> list[int]:
    """When a proof is taken back, posts follow the contacts they were taken in as."""
    posts = Post.objects.all()
    if what.only is not None:
        said, loose = what.only.get("interactions", []), what.only.get("posts", [])
        posts = posts.filter(Q(interaction__in=said) | Q(pk__in=loose, interaction=None))
    ids = list(posts.filter(customer=what.source).order_by("pk").values_list("pk", flat=True))
    Post.objects.filter(pk__in=ids).update(customer=what.into)
    return ids
