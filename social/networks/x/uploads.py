"""Pictures and films on their way to X: uploaded first, named in the post or message after.

An upload reaches nobody: whatever fails here may be tried again.
"""

import time
from collections.abc import Sequence

from crm.messaging.channels import Passing, Permanent
from crm.timeline.models import Attachment
from social.networks.x.client import Client, Json, text_at

IMAGES, GIF, VIDEO = ("image/jpeg", "image/png", "image/webp"), "image/gif", "video/mp4"
# X's own limits on what one post or message carries.
IMAGES_A_POST, FILES_A_MESSAGE = 4, 1
IMAGE_MAX, GIF_MAX = 5 * 1024 * 1024, 15 * 1024 * 1024
PART = 4 * 1024 * 1024
READY = ("succeeded", None)


def upload_all(client: Client, files: Sequence[Attachment], *, is_public: bool) -> list[str]:
    """The ids under which X keeps them. Raises Permanent for what X does not take."""
    kinds = [file.content_type for file in files]
    if any(kind not in (*IMAGES, GIF, VIDEO) for kind in kinds):
        raise Permanent("file type not taken")
    if any(file.size > (GIF_MAX if file.content_type == GIF else IMAGE_MAX) for file in files if file.is_image):
        raise Permanent("file too large")
    only_images = all(kind in IMAGES for kind in kinds)
    if len(files) > (IMAGES_A_POST if is_public and only_images else FILES_A_MESSAGE):
        raise Permanent("too many files")
    return [_upload(client, file, "tweet" if is_public else "dm") for file in files]


def _upload(client: Client, file: Attachment, use: str) -> str:
    try:
        with file.file.open("rb") as opened:
            content = opened.read()
    except FileNotFoundError as error:
        raise Permanent("file missing") from error
    if file.content_type == VIDEO:
        return _in_parts(client, file, content, f"{use}_video")
    category = f"{use}_gif" if file.content_type == GIF else f"{use}_image"
    form = {"media_category": category, "media_type": file.content_type}
    answer = client.prepare("/2/media/upload", data=form, files={"media": (file.name, content, file.content_type)})
    return _finished(client, answer)


def _in_parts(client: Client, file: Attachment, content: bytes, category: str) -> str:
    announced = {"media_type": file.content_type, "total_bytes": len(content), "media_category": category}
    media_id = text_at(client.prepare("/2/media/upload/initialize", json=announced), "data", "id")
    for number, start in enumerate(range(0, len(content), PART)):
        part = (file.name, content[start : start + PART], file.content_type)
        client.prepare(f"/2/media/upload/{media_id}/append", data={"segment_index": str(number)}, files={"media": part})
    return _finished(client, client.prepare(f"/2/media/upload/{media_id}/finalize"))


def _finished(client: Client, answer: Json) -> str:
    """Wait until X has worked through it, as long as the budget lasts."""
    media_id = text_at(answer, "data", "id")
    while (state := _processing(answer).get("state")) not in READY:
        if state == "failed":
            raise Permanent("file not taken")
        pause = max(0.2, min(float(_processing(answer).get("check_after_secs") or 1), 5.0))
        if client.left < pause + 5:
            raise Passing("file still in the works")
        time.sleep(pause)
        answer = client.ask("/2/media/upload", {"command": "STATUS", "media_id": media_id})
    return media_id


def _processing(answer: Json) -> Json:
    data = answer.get("data")
    info = data.get("processing_info") if isinstance(data, dict) else None
    return info if isinstance(info, dict) else {}
