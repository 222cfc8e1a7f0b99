"""Finding a customer by whatever somebody has of them."""

import logging

import pytest

from crm.billing.models import ExternalId
from crm.cases.finding import customers_like
from crm.cases.models import Case
from crm.customers.models import ContactPoint, IdentityDocument, NumberChange
from crm.lib.sealed import digest
from crm.staff.models import Role
from tests.desk.test_pages import queries_of
from tests.people import a_customer, a_line, a_member


@pytest.fixture
def rina(case):
    rina = case.customer
    line = a_line(rina, "+6281300002290")
    NumberChange.objects.create(subscription=line, old="+6281300007777", new="+6281300002290")
    ContactPoint.objects.create(customer=rina, kind="handle", network="x", value="rinamhrn")
    ExternalId.objects.create(customer=rina, source="churn", value="7590-VHVEG")
    return rina


def found(client, q):
    answer = client.post("/customers/", {"q": q}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return [(row.name, row.how) for row in answer.context["rows"]]


@pytest.mark.parametrize(
    ("typed", "how"),
    [
        ("0812-0000-4471", "by the number"), ("+62 813 0000 2290", "by the number"),
        ("0813 0000 7777", "by a former number"), ("Rina@Example.com", "by the e-mail address"),
        ("@rinam", "by the handle"), ("7590-VHVEG", "by a reference of another system"),
        ("mahrani", "by the name"), ("rina", "by the name"),
    ],
)  # fmt: skip
def test_a_customer_is_found_by_whatever_one_has_of_them(as_user, sari, rina, typed, how):
    a_customer("Budi Santoso", msisdn="+6281200000001")
    assert found(as_user(sari), typed) == [("Rina Maharani", how)]


def test_a_customer_is_found_by_a_case(as_user, sari, rina, case):
    for typed in (f"#{case.number}", str(case.number)):
        assert found(as_user(sari), typed) == [("Rina Maharani", "by the case")]


def test_a_nik_is_found_whole_by_those_who_may_and_only_so(as_user, sari, rina):
    IdentityDocument.objects.create(
        customer=rina, kind="nik", sealed="x", digest=digest("3273015203850008"), masked="3273••••••••0008"
    )
    client, boss = as_user(sari), a_member(role=Role.ADMINISTRATOR)
    assert found(client, "3273 0152 0385 0008") == [("Rina Maharani", "by an identity document")]
    assert found(client, "327301520385000") == []
    assert found(as_user(boss), "3273015203850008") == []


def test_a_former_number_finds_who_had_it_after_who_has_it(as_user, sari, rina):
    a_line(a_customer("Budi Santoso"), "+6281300007777")
    assert found(as_user(sari), "0813-0000-7777") == [
        ("Budi Santoso", "by the number"), ("Rina Maharani", "by a former number")
    ]  # fmt: skip


def test_what_is_typed_stands_in_no_address_and_no_log(as_user, sari, rina, caplog):
    with caplog.at_level(logging.DEBUG):
        answer = as_user(sari).post("/customers/", {"q": "0812-0000-4471"})
    assert "4471" not in answer.request["PATH_INFO"] + answer.request.get("QUERY_STRING", "")
    assert "0000-4471" not in "".join(r.getMessage() for r in caplog.records if not r.name.startswith("django.db"))


def test_nobody_is_found_by_part_of_a_number_and_the_page_says_what_helps(as_user, sari, rina):
    assert found(as_user(sari), "081200004") == []
    assert "when it is whole" in as_user(sari).post("/customers/", {"q": "081200004"}).content.decode()


def test_merged_records_are_not_found(rina):
    a_customer("Rina Lama", absorbed_into=rina)
    assert [match.customer_id for match in customers_like("rina", cases=Case.objects.all())] == [rina.pk]


def test_a_list_costs_the_same_for_one_and_for_many(as_user, sari, rina):
    client = as_user(sari)
    client.get(f"/customers/{rina.pk}/")
    few = queries_of(client, "/customers/")
    for number in range(5):
        client.get(f"/customers/{a_customer(f'Yoga {number}', msisdn=f'+62812000001{number:02}').pk}/")
    assert queries_of(client, "/customers/") <= few <= 26
