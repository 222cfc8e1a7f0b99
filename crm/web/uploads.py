"""Files of a public form, bounded while they arrive: what is too large is left out, what was typed is kept."""

from typing import Any

from django.core.files.uploadhandler import (
    FileUploadHandler,
    MemoryFileUploadHandler,
    SkipFile,
    StopUpload,
    TemporaryFileUploadHandler,
)
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm.timeline.attachments import LARGEST, MEGABYTE

MOST_FILES = 5
# Nobody sends that by hand: the connection is cut.
MOST_BYTES = 4 * MOST_FILES * LARGEST
ENDINGS = ".jpg,.jpeg,.png,.gif,.webp,.pdf,.txt,.docx,.xlsx,.mp3,.ogg,.mp4"


class Bounded(FileUploadHandler):
    """First of the handlers. Notes on the request, as `left_out`, the names of files that were too large."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.total = self.received = 0
        request.left_out = []  # type: ignore[attr-defined]

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        self.total += len(raw_data)
        if self.received > LARGEST or self.total > MOST_BYTES:
            self.request.left_out.append(self.file_name)  # type: ignore[union-attr]
            raise StopUpload(connection_reset=True) if self.total > MOST_BYTES else SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The handlers behind keep it."""


def bound(request: HttpRequest) -> None:
    """Before anything reads the request's body."""
    request.upload_handlers = [Bounded(request), MemoryFileUploadHandler(request), TemporaryFileUploadHandler(request)]


WORDS = {"most": MOST_FILES, "size": LARGEST // MEGABYTE}
HELP = _("Up to %(most)d files of %(size)d MB each: pictures, PDF, text, DOCX, XLSX, MP3, OGG or MP4.")
