"""Fields and expansions of a call: what to say of each post, and what to lay beside."""

from dataclasses import dataclass

from crm.demo.simulators.x import here, media, people, posts, shapes
from crm.demo.simulators.x.media import Media
from crm.demo.simulators.x.posts import Post
from crm.demo.simulators.x.rest.endpoint import Call
from crm.demo.simulators.x.shapes import Json
from crm.demo.simulators.x.store import Store

# An expansion brings the field that points to what it expands.
IMPLIED = {
    "author_id": "author_id",
    "in_reply_to_user_id": "in_reply_to_user_id",
    "attachments.media_keys": "attachments",
    "entities.mentions.username": "entities",
    "referenced_tweets.id": "referenced_tweets",
    "referenced_tweets.id.author_id": "referenced_tweets",
    "referenced_posts": "referenced_posts",
    "referenced_posts.id": "referenced_posts",
    "sender_id": "sender_id",
    "participant_ids": "participant_ids",
}


@dataclass(frozen=True)
class Asked:
    """What a call wants to know; `new_names`: it says posts where X used to say tweets."""

    fields: frozenset[str]
    user_fields: frozenset[str]
    media_fields: frozenset[str]
    expansions: frozenset[str]
    new_names: bool

    @classmethod
    def by(cls, call: Call, own: str = "tweet.fields") -> "Asked":
        expansions = call.words("expansions")
        implied = frozenset(IMPLIED[one] for one in expansions if one in IMPLIED)
        fields = call.words(own) | call.words("post.fields") | implied
        new = "post.fields" in call.request.GET or any(one.startswith("referenced_posts") for one in expansions)
        return cls(fields, call.words("user.fields"), call.words("media.fields"), expansions, new)

    def includes(self, store: Store, about: list[Post]) -> Json:
        """Only the kinds that were asked for and are there."""
        found = {
            "users": [shapes.user(one, self.user_fields) for one in self._users(store, about).values()],
            "posts" if self.new_names else "tweets": [
                shapes.post(store, one, self.fields) for one in self._others(store, about)
            ],
            "media": self.media(store, [one for post in about for one in post.media]),
        }
        return {kind: some for kind, some in found.items() if some}

    def _users(self, store: Store, about: list[Post]) -> dict[str, people.User]:
        ids: set[str] = set()
        for post in about:
            ids |= {post.author_id} if "author_id" in self.expansions else set()
            ids |= posts.mentioned_ids(store, post) if "entities.mentions.username" in self.expansions else set()
            parent = posts.find(store, post.reply_to) if "in_reply_to_user_id" in self.expansions else None
            ids |= {parent.author_id} if parent else set()
        if any(one.endswith(".author_id") for one in self.expansions):
            ids |= {one.author_id for one in self._others(store, about)}
        return people.by_ids(store, ids)

    def _others(self, store: Store, about: list[Post]) -> list[Post]:
        if not any(one.startswith(("referenced_tweets", "referenced_posts")) for one in self.expansions):
            return []
        return posts.find_many(store, sorted({one for post in about for one in (post.reply_to, post.quotes) if one}))

    def media(self, store: Store, ids: list[int]) -> list[Json]:
        if "attachments.media_keys" not in self.expansions:
            return []
        found: list[Media] = [one for media_id in ids if (one := media.find(store, media_id))]
        return [shapes.media(one, here.PLACE.url, self.media_fields) for one in found]
