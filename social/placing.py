"""Whether each brand reply sits in the thread of the post that it answers: counted from what is stored."""

from typing import NamedTuple

from social.models import Account


class Placing(NamedTuple):
    """Brand replies whose parent is stored, and those among them that lie with it."""

    replies: int
    placed: int


class _Stored(NamedTuple):
    external_id: str
    parent: str
    is_brand: bool
    conversation: str
    case: int | None

    def lies_with(self, above: "_Stored") -> bool:
        """In one case; or, where no customer stands above in the file, in one conversation without a case."""
        together = (self.case, self.conversation) == (above.case, above.conversation)
        return together and (self.case is not None or above.is_brand)


def placing(account: Account) -> Placing:
    columns = ("external_id", "parent", "is_brand", "conversation", "interaction__in_case__case")
    stored = [_Stored(*row) for row in account.posts.archived().values_list(*columns)]
    by_id = {post.external_id: post for post in stored}
    replies = [post for post in stored if post.is_brand and post.parent in by_id]
    return Placing(len(replies), sum(post.lies_with(by_id[post.parent]) for post in replies))
