"""The OpenAPI document says what the API does."""

import pytest
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from crm.api.v1 import shapes
from tests.api.people import CASES

ROOMS = {
    "billing": "billing",
    "customers": "customers",
    "lines": "lines",
    "knowledge": "knowledge",
    "visits": "visits",
    "consents": "consents",
    "calls": "calls",
    "caring": "caring",
}  # tag of an operation: first word of its scope; all others are about cases
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def document():
    return SchemaGenerator().get_schema(request=None, public=True)


def assert_shaped(value, shape):
    """The same keys all the way down; a shape that forgets a field misleads whoever reads the document."""
    assert list(value) == list(shape.fields)
    for name, field in shape.fields.items():
        inner = getattr(field, "child", field)
        for one in value[name] if hasattr(field, "child") else [value[name]]:
            if hasattr(inner, "fields") and one is not None:
                assert_shaped(one, inner)


def test_the_document_is_valid(document):
    validate_schema(document)


def test_a_row_is_shaped_as_said(caller, case):
    assert_shaped(caller.get(CASES).json()["items"][0], shapes.CaseShape())


def test_a_case_is_shaped_as_said(caller, url, answered):
    caller.post(f"{url}/escalate", {"staff_number": "104417", "party": "quality", "reason": "Sulit."})
    detail = caller.get(url).json()
    assert all(detail[name] for name in ("contacts", "clocks", "escalations", "interactions"))
    assert_shaped(detail, shapes.CaseDetailShape())


def test_a_logged_contact_is_shaped_as_said(caller, url):
    logged = caller.post(f"{url}/interactions", {"direction": "in", "text": "Halo?"}).json()
    assert_shaped(logged, shapes.LoggedShape())


def test_each_operation_says_what_scope_it_needs(document):
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            room = ROOMS.get(operation["tags"][0], "cases")
            wanted = f"{room}:read" if method == "get" else f"{room}:write"
            assert operation["security"] == [{"oauth2": [wanted]}], (path, method)


def test_each_refusal_is_a_problem(document):
    refused = {"$ref": "#/components/schemas/Problem"}
    for operations in document["paths"].values():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                if status >= "400":
                    assert answer["content"]["application/problem+json"]["schema"] == refused


def test_each_post_takes_a_key(document):
    posts = [operations["post"] for operations in document["paths"].values() if "post" in operations]
    assert len(posts) >= 14
    for post in posts:
        assert "Idempotency-Key" in [one["name"] for one in post["parameters"]]


def test_every_filter_is_listed(document):
    from crm.api.v1.filters import CaseFilters

    named = {one["name"] for one in document["paths"][CASES]["get"]["parameters"]}
    assert {*CaseFilters.base_filters, "limit", "cursor", "ordering"} <= named


def test_the_examples_work(caller, agent, document):
    examples = document["paths"][CASES]["post"]["requestBody"]["content"]["application/json"]["examples"]
    opened = caller.post(CASES, examples["ACall"]["value"])
    assert opened.status_code == 201
    contacts = document["paths"][f"{CASES}/{{number}}/interactions"]["post"]["requestBody"]["content"]
    answer = contacts["application/json"]["examples"]["APerson'sAnswer"]["value"]
    assert caller.post(f"{opened['Location']}/interactions", answer).status_code == 201


def test_the_page_to_try_it_takes_everything_from_here(client):
    page = client.get("/api/docs/")
    assert page.status_code == 200
    assert b"http://" not in page.content
    assert b"https://" not in page.content


def test_only_that_page_may_style_inline(client):
    assert "'unsafe-inline'" in client.get("/api/docs/")["Content-Security-Policy"]
    assert "unsafe" not in client.get("/login/")["Content-Security-Policy"]
    assert "script-src" not in client.get("/api/docs/")["Content-Security-Policy"]
