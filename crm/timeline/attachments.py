"""Keeping files that come with a contact or go out with one: size and type are judged by their bytes, never by a name.

What may not be kept leaves a row without a file, so that whoever reads the contact sees that something came.
"""

import hashlib
import re
import unicodedata
import uuid
import zipfile
from io import BytesIO
from pathlib import PurePosixPath

import puremagic
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from crm.staff.models import User
from crm.timeline.models import Attachment, Interaction
from crm.timeline.scanning import ask_for_scan, first_state

MEGABYTE = 1024 * 1024
LARGEST = 10 * MEGABYTE
NAME_MAX = 120
# The type a file is kept and served as, and the ending its name gets if it has none of these.
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS: dict[str, tuple[str, ...]] = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "application/pdf": (".pdf",),
    "text/plain": (".txt", ".log", ".csv"),
    DOCX: (".docx",),
    XLSX: (".xlsx",),
    "audio/mpeg": (".mp3",),
    "audio/ogg": (".ogg", ".opus"),
    "video/mp4": (".mp4",),
}
# Office files are ZIP archives: the part that each kind has, and the one that makes it a program.
PARTS = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}
MACROS = "vbaproject.bin"
NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
NO_NAME = frozenset('/\\:*?"<>|')
ENDING_MAX = 12
IMAGES = frozenset(kind for kind in KINDS if kind.startswith("image/"))


class BadFile(ValueError):
    """Too large, empty, or of a type that is not taken. str() is translated; `reason` is an Attachment.Refusal."""

    field = "file"

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def keep_file(
    *, content: bytes, name: str, interaction: Interaction | None = None, by: User | None = None, external_id: str = ""
) -> Attachment:
    """Keep one file. Raises BadFile, and keeps nothing."""
    kind = kind_of(content, name)
    kept = Attachment(
        interaction=interaction, by=by, name=tidy_name(name, kind), content_type=kind, size=len(content),
        sha256=hashlib.sha256(content).hexdigest(), external_id=external_id, state=first_state(),
    )  # fmt: skip
    kept.file.save(f"{uuid.uuid4()}{KINDS[kind][0]}", ContentFile(content), save=False)
    kept.save()
    ask_for_scan()
    return kept


def keep_or_note(*, content: bytes, name: str, interaction: Interaction, external_id: str = "") -> Attachment:
    """Keep what came in from outside; what may not be kept is noted with the reason."""
    try:
        return keep_file(content=content, name=name, interaction=interaction, external_id=external_id)
    except BadFile as error:
        return Attachment.objects.create(
            interaction=interaction, name=tidy_name(name), size=len(content), state=Attachment.State.REFUSED,
            refusal=error.reason, external_id=external_id,
        )  # fmt: skip


def check_size(size: int) -> None:
    """Raises BadFile; before anything is read into memory, where the size is known before."""
    if not size:
        raise BadFile("empty", _("The file is empty."))
    if size > LARGEST:
        raise BadFile("too_large", _("A file may have %(most)d MB at most.") % {"most": LARGEST // MEGABYTE})


def kind_of(content: bytes, name: str) -> str:
    """The type by the bytes. Raises BadFile."""
    check_size(len(content))
    found = "text/plain" if _is_text(content, name) else _by_magic(content)
    if found not in KINDS:
        raise BadFile(
            "type", _("Files of this type are not taken. Pictures, PDF, text, DOCX, XLSX, MP3, OGG and MP4 are.")
        )
    return found


def _is_text(content: bytes, name: str) -> bool:
    """Text has no magic: the name says that it is meant as such, the bytes that it is. It is served as nothing else."""
    if PurePosixPath(name).suffix.lower() not in KINDS["text/plain"]:
        return False
    try:
        return not NO_TEXT.search(content.decode())
    except UnicodeDecodeError:
        return False


def _by_magic(content: bytes) -> str:
    """The surest of the types that we take, whatever the name says."""
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    try:
        types = [match.mime_type for match in puremagic.magic_string(content)]
    except puremagic.PureError:
        return ""
    return next((kind for kind in types if kind in KINDS and kind != "text/plain"), "")


def _office(content: bytes) -> str:
    """By the parts inside, of which only the list is read; one with macros is a program."""
    try:
        names = [name.lower() for name in zipfile.ZipFile(BytesIO(content)).namelist()]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return ""
    if any(name.endswith(MACROS) for name in names):
        return ""
    return next((PARTS[name] for name in names if name in PARTS), "")


def tidy_name(name: str, kind: str = "") -> str:
    """A name that is safe to show and to download: no path, no hidden letters, the ending of its type."""
    last = name.replace("\\", "/").rpartition("/")[2]
    base = " ".join("".join(" " if _is_unfit(letter) else letter for letter in last).split()).strip(". ") or _("file")
    ending = PurePosixPath(base).suffix
    if kind and ending.lower() not in KINDS[kind]:
        base, ending = base + KINDS[kind][0], KINDS[kind][0]
    if len(ending) > ENDING_MAX:
        ending = ""
    stem = base.removesuffix(ending)
    return stem[: NAME_MAX - len(ending)] + ending


def _is_unfit(letter: str) -> bool:
    """Parts of paths, and what does not show itself or turns the order of letters round ("gpj.exe" for "exe.jpg")."""
    return letter in NO_NAME or unicodedata.category(letter).startswith("C")
