"""Handing a kept file to a browser, by the type of its bytes: nothing in it may run, load or be framed by others."""

from django.http import FileResponse, Http404

from crm.timeline.attachments import IMAGES
from crm.timeline.models import Attachment

NOTHING_RUNS = "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def serve(attachment: Attachment, *, pictures_in_place: bool = False) -> FileResponse:
    """As a download, or a picture in its place; the caller has checked that it is servable, and for this reader."""
    try:
        content = attachment.file.open("rb")
    except OSError as error:
        raise Http404 from error
    inline = pictures_in_place and attachment.content_type in IMAGES
    response = FileResponse(
        content, as_attachment=not inline, filename=attachment.name, content_type=attachment.content_type
    )
    response["Content-Security-Policy"] = NOTHING_RUNS
    response["X-Content-Type-Options"] = "nosniff"
    return response
