"""Pictures: uploaded whole or in parts, kept as bytes, shown by address."""

from dataclasses import dataclass

import puremagic

from crm.demo.simulators.x.people import User
from crm.demo.simulators.x.refusals import Refused, invalid
from crm.demo.simulators.x.store import Store, now_ms

CATEGORIES = {"tweet_image", "tweet_gif", "tweet_video", "dm_image", "dm_gif", "dm_video"}
SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp", "video/mp4": "mp4"}
BIGGEST = {"image": 5, "gif": 15, "video": 512}  # megabytes, by the word a category ends in
KEPT_SECONDS = 86_400
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Media:
    """An uploaded file; without content while its parts arrive."""

    id: int
    owner_id: str
    category: str
    type: str
    size: int

    @property
    def key(self) -> str:
        prefix = {"image": 3, "gif": 16, "video": 7}[self.category.rpartition("_")[2]]
        return f"{prefix}_{self.id}"

    @property
    def file_name(self) -> str:
        return f"{self.id}.{SUFFIXES[self.type]}"

    @property
    def is_private(self) -> bool:
        return self.category.startswith("dm_")

    @property
    def kind(self) -> str:
        return {"image": "photo", "gif": "animated_gif", "video": "video"}[self.category.rpartition("_")[2]]


def find(store: Store, media_id: int | str) -> Media | None:
    row = store.row("SELECT id, owner_id, category, type, size FROM media WHERE id = ?", media_id)
    return Media(**dict(row)) if row else None


def content(store: Store, media: Media) -> bytes:
    row = store.row("SELECT content FROM media WHERE id = ?", media.id)
    return bytes(row["content"] or b"") if row else b""


def upload(store: Store, *, owner: User, data: bytes, category: str) -> Media:
    """A whole file. Raises Refused for what is no picture or too big."""
    made = begin(store, owner=owner, category=category, type_=type_of(data), size=len(data))
    store.run("UPDATE media SET content = ? WHERE id = ?", data, made.id)
    return made


def begin(store: Store, *, owner: User, category: str, type_: str, size: int) -> Media:
    """Room for a file whose parts follow."""
    if category not in CATEGORIES:
        raise invalid("media_category", category, f"must be one of {', '.join(sorted(CATEGORIES))}")
    if type_ not in SUFFIXES:
        raise invalid("media_type", type_, "media type unrecognized", reason="no picture")
    if size > BIGGEST[category.rpartition("_")[2]] * MEGABYTE:
        raise invalid("total_bytes", size, "file size exceeds the limit of its category", reason="no picture")
    made = Media(store.new_id(), owner.id, category, type_, size)
    store.add("media", **vars(made), created_at=now_ms())
    return made


def append(store: Store, media: Media, number: int, part: bytes) -> None:
    """A part; sent again it takes the place of the first."""
    store.run("INSERT OR REPLACE INTO parts VALUES (?, ?, ?)", media.id, number, part)


def finish(store: Store, media: Media) -> Media:
    """Put the parts together. Raises Refused when some are missing or they are something else than was said."""
    with store.transaction():
        rows = store.rows("SELECT content FROM parts WHERE media_id = ? ORDER BY number", media.id)
        data = b"".join(row["content"] for row in rows)
        if len(data) != media.size or type_of(data) != media.type:
            raise invalid("id", media.id, "the parts do not make the file that was announced")
        store.run("UPDATE media SET content = ? WHERE id = ?", data, media.id)
        store.run("DELETE FROM parts WHERE media_id = ?", media.id)
    return media


def type_of(data: bytes) -> str:
    """By its bytes; empty when they say nothing."""
    try:
        return puremagic.from_string(data, mime=True)
    except (puremagic.PureError, ValueError):
        return ""


def check_usable(store: Store, owner: User, ids: list[int]) -> None:
    """A post or message takes only whole files of its own author. Raises Refused."""
    for one in ids:
        query = "SELECT 1 FROM media WHERE id = ? AND owner_id = ? AND content IS NOT NULL"
        if store.row(query, one, owner.id) is None:
            raise Refused(400, "Your media IDs are invalid.", title="Invalid Request", kind="invalid-request")
