"""What the OpenAPI document says of each operation beside its bodies: headers, refusals, examples."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from crm.api.errors import MEDIA_TYPE, TITLES
from crm.api.fields import Body
from crm.api.v1.shapes import ProblemShape, Shape

Decorator = Callable[[Any], Any]
READ_REFUSALS = (400, 401, 403, 404, 429)
WRITE_REFUSALS = (400, 401, 403, 404, 409, 412, 413, 415, 429)

LANGUAGE = OpenApiParameter(
    "Accept-Language", location=OpenApiParameter.HEADER, enum=["id", "en"], description="Language of the sentences."
)
KEY = OpenApiParameter(
    "Idempotency-Key",
    location=OpenApiParameter.HEADER,
    description="1 to 200 visible ASCII characters. The same key and body again: the same answer, nothing done twice.",
)
IF_MATCH = OpenApiParameter(
    "If-Match", location=OpenApiParameter.HEADER, description="The ETag you read; 412 when the case has changed since."
)
IF_MATCH_REQUIRED = OpenApiParameter(
    "If-Match", location=OpenApiParameter.HEADER, required=True, description="The ETag you read, or * for any."
)

NEW_CASE = OpenApiExample(
    "A call",
    request_only=True,
    value={
        "customer": {"msisdn": "0812 3456 7890", "name": "Rina Maharani"},
        "channel": "call",
        "kind": "complaint",
        "subject": "Kuota hilang",
        "text": "Kuota 12 GB hilang setelah isi ulang tadi pagi.",
        "priority": "high",
        "tags": ["kuota"],
        "external_id": "CC-2026-0000417",
    },
)
ANSWER = OpenApiExample(
    "A person's answer",
    request_only=True,
    value={
        "direction": "out",
        "channel": "call",
        "text": "Kuota sudah dikembalikan, berlaku 30 hari.",
        "staff_number": "104417",
        "external_id": "CC-2026-0000418",
    },
)


def listed(shape: type[Shape], operation: str, summary: str) -> Decorator:
    return _described(operation, summary, shape(many=True), [LANGUAGE], READ_REFUSALS)


def read(shape: type[Shape], operation: str, summary: str) -> Decorator:
    return _described(operation, summary, shape, [LANGUAGE], READ_REFUSALS)


def changed(body: type[Body], shape: type[Shape], operation: str, summary: str) -> Decorator:
    refusals = (*WRITE_REFUSALS, 428)
    return _described(operation, summary, shape, [LANGUAGE, IF_MATCH_REQUIRED], refusals, request=body)


def posted(
    body: type[Body],
    shape: type[Shape],
    operation: str,
    summary: str,
    *,
    creates: bool = False,
    example: OpenApiExample | None = None,
) -> Decorator:
    headers = [LANGUAGE, KEY] if operation == "open_case" else [LANGUAGE, KEY, IF_MATCH]
    refusals = tuple(code for code in WRITE_REFUSALS if operation != "open_case" or code not in (404, 412))
    statuses = (201, 200) if creates else (200,)
    examples = [example] if example else []
    return _described(operation, summary, shape, headers, refusals, statuses, request=body, examples=examples)


def _described(
    operation: str,
    summary: str,
    shape: type[Shape] | serializers.BaseSerializer[Any],
    headers: list[OpenApiParameter],
    refusals: tuple[int, ...],
    statuses: tuple[int, ...] = (200,),
    **more: Any,
) -> Decorator:
    said = {200: "Done before: nothing was added." if 201 in statuses else "", 201: ""}
    answers: dict[Any, Any] = {code: OpenApiResponse(shape, said[code]) for code in statuses}
    answers |= {(code, MEDIA_TYPE): OpenApiResponse(ProblemShape, str(TITLES[code])) for code in refusals}
    return extend_schema(
        operation_id=operation, summary=summary, responses=answers, parameters=headers, tags=["cases"], **more
    )

