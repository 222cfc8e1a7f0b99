"""Whatever a client sends, it gets an answer, and a refusal leaves nothing behind."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.cases.models import Case
from crm.customers.models import Customer
from tests.api.people import CASES

pytestmark = pytest.mark.django_db
FIELDS = [
    "customer",
    "text",
    "channel",
    "kind",
    "subject",
    "category",
    "priority",
    "tags",
    "occurred_at",
    "external_id",
    "staff_number",
]
SENDER = ["msisdn", "email", "handle", "network", "name"]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(), max_size=30)
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
GOOD = {"customer": {"msisdn": "081234567890"}, "text": "Halo.", "channel": "call"}
unhurried = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@unhurried
@given(
    said=st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=4),
    sender=st.dictionaries(st.sampled_from(SENDER), ANYTHING, max_size=3),
)
def test_any_body_is_taken_or_refused(caller, said, sender):
    before = (Case.objects.count(), Customer.objects.count())
    answer = caller.send("POST", CASES, data=json.dumps(GOOD | {"customer": GOOD["customer"] | sender} | said))
    assert answer.status_code in {200, 201, 400}
    if answer.status_code == 400:
        assert answer.json()["errors"]
        assert (Case.objects.count(), Customer.objects.count()) == before


@unhurried
@given(
    query=st.dictionaries(
        st.sampled_from(
            [
                "state",
                "queue",
                "msisdn",
                "customer",
                "tag",
                "opened_after",
                "due_before",
                "cursor",
                "limit",
                "ordering",
                "team",
                "assignee",
                "breached",
            ]
        ),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
        max_size=3,
    )
)
def test_any_filter_is_taken_or_refused(caller, query):
    answer = caller.http.get(CASES, query, headers={"Authorization": f"Bearer {caller.token}"})
    assert answer.status_code in {200, 400}


@unhurried
@given(tag=st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=20))
def test_any_if_match_is_taken_or_refused(caller, url, tag):
    assert caller.patch(url, {"priority": "high"}, If_Match=tag).status_code in {200, 400, 412, 428}


@unhurried
@given(token=st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=40))
def test_any_token_is_refused(client, db, token):
    assert client.get(CASES, headers={"Authorization": f"Bearer {token}"}).status_code == 401
