"""/2/media/upload: whole, or begun, filled and finished. Bodies are JSON with base64, or multipart forms."""

import base64
import binascii
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, JsonResponse

from crm.demo.simulators.x import media
from crm.demo.simulators.x.media import Media
from crm.demo.simulators.x.refusals import Refused, invalid
from crm.demo.simulators.x.rest.endpoint import Call, endpoint


def _given(call: Call) -> dict[str, Any]:
    if call.request.content_type == "application/json":
        return call.json
    return {**call.request.POST.dict(), **call.request.FILES.dict()}


def _bytes(given: Any) -> bytes:
    if isinstance(given, UploadedFile):
        return given.read()
    try:
        return base64.b64decode(given or "", validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise invalid("media", "", "media is not base64") from None


def _answer(made: Media, **more: Any) -> HttpResponse:
    data = {"id": str(made.id), "media_key": made.key, "expires_after_secs": media.KEPT_SECONDS, **more}
    return JsonResponse({"data": data})


@endpoint("POST /2/media/upload")
def whole(call: Call) -> HttpResponse:
    user, given = call.user, _given(call)
    made = media.upload(call.store, owner=user, data=_bytes(given.get("media")), category=_category(given))
    return _answer(made, size=made.size)


def _category(given: dict[str, Any]) -> str:
    return str(given.get("media_category") or "tweet_image")


@endpoint("POST /2/media/upload/initialize")
def begin(call: Call) -> HttpResponse:
    user, given = call.user, _given(call)
    size = str(given.get("total_bytes", ""))
    if not size.isdecimal():
        raise invalid("total_bytes", size, "total_bytes is not a number")
    type_ = str(given.get("media_type", ""))
    return _answer(media.begin(call.store, owner=user, category=_category(given), type_=type_, size=int(size)))


@endpoint("POST /2/media/upload/:id/append")
def append(call: Call, media_id: int) -> HttpResponse:
    given = _given(call)
    number = str(given.get("segment_index", ""))
    if not number.isdecimal():
        raise invalid("segment_index", number, "segment_index is not a number")
    media.append(call.store, _own(call, media_id), int(number), _bytes(given.get("media")))
    return JsonResponse({"data": {"expires_at": media.KEPT_SECONDS}})


@endpoint("POST /2/media/upload/:id/finalize")
def finish(call: Call, media_id: int) -> HttpResponse:
    made = media.finish(call.store, _own(call, media_id))
    return _answer(made, size=made.size)


@endpoint("GET /2/media/upload")
def status(call: Call) -> HttpResponse:
    made = _own(call, call.number("media_id", 0, 0, 1 << 62))
    return _answer(made, size=made.size, processing_info={"state": "succeeded", "progress_percent": 100})


@endpoint("POST /2/media/metadata")
def describe(call: Call) -> HttpResponse:
    """Taken and given back; the page shows no descriptions."""
    given = call.json
    made = _own(call, int(given["id"]) if str(given.get("id", "")).isdecimal() else 0)
    text = ((given.get("metadata") or {}).get("alt_text") or {}).get("text", "")
    return JsonResponse({"data": {"id": str(made.id), "associated_metadata": {"alt_text": {"text": text}}}})


def _own(call: Call, media_id: int) -> Media:
    found = media.find(call.store, media_id)
    if found is None or found.owner_id != call.user.id:
        raise Refused(404, f"Could not find media with id: [{media_id}].", kind="resource-not-found")
    return found
