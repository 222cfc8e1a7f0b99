"""Support threads with exact parents, of several brands in one file: what a row says, and whose it is. Pure.

A row of `in_response_to_tweet_id` knows what it answers, so nothing is guessed from handles. A post belongs to a brand
that wrote it, that answered it or something under it, or that it answers; else to those it names, else to those of its
conversation. Two brands may have answered one post: it is in both archives.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from social.columns import NO, YES, Refusal, Row, handle, moment, refuse_unusable

REQUIRED = ("tweet_id", "author_id", "inbound", "created_at", "text", "in_response_to_tweet_id")
OPTIONAL = ("response_tweet_id", "conversation_id")
# Headings are told apart by these: no other format has both.
MARKS = {"inbound", "in_response_to_tweet_id"}
NEVER_EMPTY = ("tweet_id", "author_id", "inbound", "created_at")
LONGEST = {"tweet_id": 64, "author_id": 80, "in_response_to_tweet_id": 64, "conversation_id": 64, "text": 25_000}
WHEN = "%a %b %d %H:%M:%S %z %Y"
NAMED = re.compile(r"@(\w+)")


class Node(NamedTuple):
    """As much of a post as its place needs."""

    author: str
    by_brand: bool
    parent: str
    conversation: str
    named: tuple[str, ...]


class Threads:
    """All rows of a file by their parents, in whatever order they stand."""

    def __init__(self, nodes: Mapping[str, Node]) -> None:
        self.nodes = nodes
        brands = {node.author for node in nodes.values() if node.by_brand}
        self.brands = sorted(brands)
        self._answering: dict[str, set[str]] = defaultdict(set)
        self._talking: dict[str, set[str]] = defaultdict(set)
        for key, node in nodes.items():
            if node.by_brand:
                self._talking[self.conversation(key)].add(node.author)
                self._note_answer(key, node)

    def _note_answer(self, key: str, answer: Node) -> None:
        """What it answers is its brand's, and so is what led to that, up to where another brand spoke."""
        for number, above in enumerate(self.above(key)):
            if self.nodes[above].by_brand and number:
                break
            self._answering[above].add(answer.author)
            if self.nodes[above].by_brand:
                break

    def above(self, key: str) -> Iterator[str]:
        """The posts it hangs on, the nearest first, as far as the file has them."""
        seen = {key}
        while (key := self.nodes[key].parent) in self.nodes and key not in seen:
            seen.add(key)
            yield key

    def conversation(self, key: str) -> str:
        """That of the topmost post, so that an answer never leaves the thread of what it answers."""
        top = key
        for above in self.above(key):
            top = above
        return self.nodes[top].conversation or top

    def owners(self, key: str) -> set[str]:
        """The brands, as handles are compared, in whose archive this post lies."""
        node, answering = self.nodes[key], self._answering.get(key, set())
        if node.by_brand:
            return {node.author} | answering
        for above in self.above(key):
            if self.nodes[above].by_brand:
                return {self.nodes[above].author} | answering
        named = set(node.named).intersection(self.brands)
        return named | answering or self._talking.get(self.conversation(key), set())


def gather(rows: Iterable[Mapping[str, str]], *, until: dt.datetime) -> tuple[Threads, dict[str, str]]:
    """The threads of all usable rows, and the brands' handles as they write them. Of one id the first row counts."""
    nodes: dict[str, Node] = {}
    written: dict[str, str] = {}
    for values in rows:
        try:
            key, node = _node(values, until)
        except Refusal:
            continue  # told when the row is read
        nodes.setdefault(key, node)
        if node.by_brand:
            written.setdefault(node.author, values["author_id"].lstrip("@"))
    return Threads(nodes), written


def _node(values: Mapping[str, str], until: dt.datetime) -> tuple[str, Node]:
    at_least_readable(values, until)
    named = tuple(sorted({name.lower() for name in NAMED.findall(values["text"])}))
    by_brand = values["inbound"].lower() in NO
    conversation = values.get("conversation_id", "")
    return values["tweet_id"], Node(
        handle(values["author_id"]), by_brand, values["in_response_to_tweet_id"], conversation, named
    )


def at_least_readable(values: Mapping[str, str], until: dt.datetime) -> dt.datetime:
    """When it was written. Raises Refusal for what no post can say."""
    refuse_unusable(values, never_empty=NEVER_EMPTY, longest=LONGEST, handles=("author_id",))
    if values["inbound"].lower() not in YES | NO:
        raise Refusal("flag", "inbound")
    return moment(values["created_at"], until, column="created_at", form=WHEN)


def read(values: Mapping[str, str], threads: Threads, *, brand: str, until: dt.datetime) -> Row | None:
    """What the row says to this brand's archive; None when it is none of its. Raises Refusal."""
    at = at_least_readable(values, until)
    key, author = values["tweet_id"], values["author_id"].lstrip("@")
    if not (owners := threads.owners(key)):
        raise Refusal("no_brand", "in_response_to_tweet_id")
    if handle(brand) not in owners:
        return None
    return Row(
        external_id=key, conversation=threads.conversation(key), at=at, author=author, text=values["text"],
        parent=values["in_response_to_tweet_id"], is_brand=handle(author) == handle(brand),
    )  # fmt: skip
