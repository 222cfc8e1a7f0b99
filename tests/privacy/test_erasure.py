"""Whoever is forgotten is found nowhere: every column of every table is read, and every file."""

from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import transaction

from crm.billing.models import Bill
from crm.cases.defaults import ensure_policy
from crm.cases.models import Breach, Case, SlaClock
from crm.customers import holdings
from crm.customers.models import Consent, Customer, IdentityDocument, Merge
from crm.messaging.models import Message
from crm.timeline.models import Interaction
from tests.people import a_case, a_customer
from tests.privacy.places import MARKS, NAME, NIK, NOW, everywhere, opened, places_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_files(db: None, settings: pytest.FixtureRequest, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    ensure_policy()


def forget(customer: Customer) -> None:
    with transaction.atomic():
        files = holdings.erase(holdings.person_of(customer))
    for name in files:
        (Path(django_settings.MEDIA_ROOT) / name).unlink(missing_ok=True)


def test_the_marks_are_in_every_place_before() -> None:
    """The search finds what is there, and each place that a room cleans has something to clean."""
    everywhere()
    places = places_of(*MARKS)
    assert len({place.split(":")[0] for place in places}) > 90
    assert any(NIK in text for text in opened(IdentityDocument))


def test_nothing_of_a_forgotten_customer_is_left_anywhere() -> None:
    customer, _case = everywhere()
    forget(customer)
    assert places_of(*MARKS) == []
    assert not any(NIK in text or NAME in text for text in [*opened(IdentityDocument), *opened(Merge)])
    customer.refresh_from_db()
    assert (customer.birth_date, customer.sex, customer.hobbies) == (None, "", [])


def test_clocks_verdicts_amounts_and_the_consent_that_was_given_stay() -> None:
    customer, case = everywhere()
    kept = (SlaClock, Breach, Interaction, Case, Bill, Consent)
    before = {model: list(model.objects.order_by("pk").values_list("pk", flat=True)) for model in kept}  # type: ignore[attr-defined]
    clocks = list(SlaClock.objects.order_by("pk").values())
    forget(customer)
    assert {m: list(m.objects.order_by("pk").values_list("pk", flat=True)) for m in kept} == before  # type: ignore[attr-defined]
    assert list(SlaClock.objects.order_by("pk").values()) == clocks
    again = Case.objects.get(pk=case.pk)
    assert (again.state, again.outcome, again.closed_at, again.kind) == ("closed", "solved", NOW, "complaint")
    assert Customer.objects.get(pk=customer.pk).tier == "gold"


def picture() -> list[list[dict]]:
    return [list(model.objects.order_by("pk").values()) for model in (Case, Interaction, Customer, Message)]


def test_forgetting_twice_changes_nothing_more() -> None:
    customer, _case = everywhere()
    forget(customer)
    was = picture()
    forget(customer)
    assert picture() == was


def test_a_neighbour_loses_nothing() -> None:
    customer, _case = everywhere()
    neighbour = a_customer("Bagas Wirayuda", email="bagas@example.com", msisdn="+6281200007799")
    case = a_case(customer=neighbour, text="Tagihan saya dobel.", subject="Tagihan")
    forget(customer)
    case.refresh_from_db()
    assert case.subject == "Tagihan"
    assert Interaction.objects.get(customer=neighbour).text == "Tagihan saya dobel."
    assert places_of("bagas@example.com") == ["customers_contactpoint.value: bagas@example.com"]


def test_the_file_tells_what_every_room_holds() -> None:
    customer, case = everywhere()
    told = holdings.describe(holdings.person_of(customer))
    rooms = {
        "customers",
        "timeline",
        "messaging",
        "cases",
        "billing",
        "visits",
        "calls",
        "privacy",
        "social",
        "desk",
        "web",
    }
    assert set(told) == rooms
    assert told["customers"]["identity_documents"][0]["number"] == NIK
    assert {row["case__number"] for row in told["cases"]["notes"]} == {case.number}
