"""The columns of an archive of posts, and what one row of it says. Pure: no database, no files."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

REQUIRED = ("tweet_id", "conversation_id", "created_at_utc", "username", "in_reply_to_screen_name", "text")
METRICS = ("favorite_count", "reply_count", "retweet_count", "quote_count", "has_image")
OPTIONAL = ("is_brand", *METRICS, "lang")
LONGEST = {"tweet_id": 64, "conversation_id": 64, "username": 80, "in_reply_to_screen_name": 80, "text": 25_000}
NEVER_EMPTY = ("tweet_id", "conversation_id", "created_at_utc", "username")
HANDLES = ("username", "in_reply_to_screen_name")
YES, NO = {"1", "true", "yes", "t", "y"}, {"", "0", "false", "no", "f", "n"}
FIRST_POSSIBLE = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


class Refusal(Exception):
    """Why a row cannot be taken: `reason` is a key of social.words.REASONS, `column` the field it blames."""

    def __init__(self, reason: str, column: str = "") -> None:
        super().__init__(f"{column}: {reason}" if column else reason)
        self.reason, self.column = reason, column


class Columns(NamedTuple):
    missing: list[str]
    unknown: list[str]
    doubled: list[str]


@dataclass(frozen=True)
class Row:
    """One post as a file or a network gives it; handles without @, otherwise as written.

    `parent` is the network's id of the post it answers. A network says itself whether a post is `addressed` to us (in
    an archive the text tells), and whether it `summons` us, so that an app may answer it.
    """

    external_id: str
    conversation: str
    at: dt.datetime
    author: str
    text: str
    reply_to: str = ""
    is_brand: bool = False
    metrics: dict[str, int | str] = field(default_factory=dict)
    parent: str = ""
    addressed: bool | None = None
    summons: bool = False


def tidy(heading: Sequence[str]) -> list[str]:
    return [name.strip().lower() for name in heading]


def check(heading: Sequence[str], required: Sequence[str] = REQUIRED, optional: Sequence[str] = OPTIONAL) -> Columns:
    names = tidy(heading)
    return Columns(
        missing=[c for c in required if c not in names],
        unknown=[n for n in dict.fromkeys(names) if n not in {*required, *optional}],
        doubled=[n for n in dict.fromkeys(names) if names.count(n) > 1],
    )


def handle(written: str) -> str:
    """'@Telkomsel ' -> 'telkomsel': how handles are compared."""
    return written.strip().lstrip("@").lower()


def cells_by_name(names: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """Raises Refusal when the row is longer or shorter than its heading."""
    if len(cells) != len(names):
        raise Refusal("cells")
    return {name: cell.strip() for name, cell in zip(names, cells, strict=True)}


def read(names: Sequence[str], cells: Sequence[str], *, brand: str, until: dt.datetime) -> Row:
    """What a row says. Raises Refusal. `brand` is the account's handle; `until` the latest time it may carry."""
    values = cells_by_name(names, cells)
    refuse_unusable(values, never_empty=NEVER_EMPTY, longest=LONGEST, handles=HANDLES)
    author = values["username"].lstrip("@")
    return Row(
        external_id=values["tweet_id"],
        conversation=values["conversation_id"],
        at=moment(values["created_at_utc"], until, column="created_at_utc"),
        author=author,
        text=values["text"],
        reply_to=values["in_reply_to_screen_name"].lstrip("@"),
        is_brand=_flag(values) or handle(author) == handle(brand),
        metrics=_metrics(values),
    )


def refuse_unusable(
    values: Mapping[str, str], *, never_empty: Sequence[str], longest: Mapping[str, int], handles: Sequence[str]
) -> None:
    for column in never_empty:
        if not values[column].strip("@"):
            raise Refusal("empty", column)
    for column in longest.keys() & values.keys():
        if len(values[column]) > longest[column]:
            raise Refusal("too_long", column)
        if "\0" in values[column]:
            raise Refusal("control", column)
    for column in handles:
        if len(values[column].split()) > 1:
            raise Refusal("handle", column)


def moment(written: str, until: dt.datetime, *, column: str, form: str = "") -> dt.datetime:
    """ISO 8601, or as `form` says; without a zone it is UTC. Raises Refusal."""
    try:
        read = dt.datetime.strptime(written, form) if form else dt.datetime.fromisoformat(written)  # noqa: DTZ007
        at = read.replace(tzinfo=dt.UTC) if read.tzinfo is None else read.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise Refusal("date", column) from None
    if not FIRST_POSSIBLE <= at <= until:
        raise Refusal("date_range", column)
    return at


def _flag(values: Mapping[str, str]) -> bool:
    written = values.get("is_brand", "").lower()
    if written not in YES | NO:
        raise Refusal("flag", "is_brand")
    return written in YES


def _metrics(values: Mapping[str, str]) -> dict[str, int | str]:
    """The counts that are numbers, and the language; a count nobody can read is no reason to lose the post."""
    counts: dict[str, int | str] = {c: int(values[c]) for c in METRICS if values.get(c, "").isdecimal()}
    if values.get("lang"):
        counts["lang"] = values["lang"][:12]
    return counts
