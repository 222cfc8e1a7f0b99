"""What the OpenAPI document says of an operation beside its bodies. Its refusals are added by crm/api/schema.py."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema

from crm.api.fields import Body
from crm.api.v1.shapes import Shape

Decorator = Callable[[Any], Any]


def header(name: str, sentence: str, **more: Any) -> OpenApiParameter:
    return OpenApiParameter(name, location=OpenApiParameter.HEADER, description=sentence, **more)


LANGUAGE = header("Accept-Language", "Language of the sentences.", enum=["id", "en"])
KEY = header(
    "Idempotency-Key", "1 to 200 visible ASCII characters. The same request again: the same answer, done once."
)
IF_MATCH = header("If-Match", "The ETag you read: 412 when the case has changed since.")
IF_MATCH_REQUIRED = header("If-Match", "The ETag you read, or * for any.", required=True)

A_CALL = OpenApiExample(
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
AN_ANSWER = OpenApiExample(
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


def read(shape: Any, operation: str, summary: str, tag: str = "cases", *parameters: OpenApiParameter) -> Decorator:
    told = [LANGUAGE, *parameters]
    return extend_schema(operation_id=operation, summary=summary, responses=shape, parameters=told, tags=[tag])


def changed(body: type[Body], shape: type[Shape], operation: str, summary: str, tag: str = "cases") -> Decorator:
    headers = [LANGUAGE, IF_MATCH_REQUIRED]
    return extend_schema(
        operation_id=operation, summary=summary, request=body, responses=shape, parameters=headers, tags=[tag]
    )


def posted(body: type[Body], shape: type[Shape], operation: str, summary: str) -> Decorator:
    headers = [LANGUAGE, KEY, IF_MATCH]
    answers = {200: shape}
    return extend_schema(
        operation_id=operation, summary=summary, request=body, responses=answers, parameters=headers, tags=["cases"]
    )


def handed_in(
    body: type[Body], shape: type[Shape], operation: str, summary: str, example: OpenApiExample, *more: OpenApiParameter
) -> Decorator:
    """201 for what is new, 200 for what the client's own id says was there."""
    return extend_schema(
        operation_id=operation,
        summary=summary,
        request=body,
        responses={201: shape, 200: shape},
        parameters=[LANGUAGE, KEY, *more],
        examples=[example],
        tags=["cases"],
    )


def told(body: type[Body], shape: type[Shape], operation: str, summary: str) -> Decorator:
    """A single fact: 201 for what is new, 200 for what was known or is corrected."""
    return extend_schema(
        operation_id=operation, summary=summary, request=body, responses={201: shape, 200: shape},
        parameters=[LANGUAGE, KEY], tags=["billing"],
    )  # fmt: skip


def of_visit(body: type[Body], shape: type[Shape], operation: str, summary: str, answers: dict[int, Any]) -> Decorator:
    return extend_schema(
        operation_id=operation, summary=summary, request=body, responses=answers, parameters=[LANGUAGE, KEY],
        tags=["visits"],
    )  # fmt: skip


def of_line(body: type[Body], shape: type[Shape], operation: str, summary: str, answers: dict[int, Any]) -> Decorator:
    return extend_schema(
        operation_id=operation, summary=summary, request=body, responses=answers, parameters=[LANGUAGE, KEY],
        tags=["lines"],
    )  # fmt: skip


def answered(body: type[Body], shape: type[Shape], operation: str, summary: str) -> Decorator:
    """A customer's answer: 201 for what is new, 200 for what was recorded already."""
    return extend_schema(
        operation_id=operation, summary=summary, request=body, responses={201: shape, 200: shape},
        parameters=[LANGUAGE, KEY], tags=["consents"],
    )  # fmt: skip


def of_call(body: type[Body], shape: type[Shape], operation: str, summary: str) -> Decorator:
    return extend_schema(
        operation_id=operation, summary=summary, request=body, responses={201: shape, 200: shape},
        parameters=[LANGUAGE, KEY], tags=["calls"],
    )  # fmt: skip


def of_task(body: type[Body], shape: type[Shape], operation: str, summary: str) -> Decorator:
    return extend_schema(
        operation_id=operation, summary=summary, request=body, responses={200: shape}, parameters=[LANGUAGE, KEY],
        tags=["caring"],
    )  # fmt: skip
