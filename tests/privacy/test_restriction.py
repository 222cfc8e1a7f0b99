"""While a customer's data rests, whatever is proactive leaves it alone: each verb is refused and changes nothing."""

import datetime as dt

import pytest
from django.core import serializers
from django.urls import reverse
from django.utils import timezone

from crm.billing.models import TierOverride
from crm.billing.overriding import CannotOverride, override_tier
from crm.cases.defaults import ensure_policy
from crm.customers.actions import reveal_contact
from crm.customers.addressing import save_address
from crm.customers.consenting import give_consent
from crm.customers.contacting import may_contact, may_use
from crm.customers.errors import NotTwo, Restricted
from crm.customers.identifying import reveal_address, reveal_paper, save_paper
from crm.customers.merging import merge_customers
from crm.customers.models import Address, IdentityDocument
from crm.customers.naming import name_outside
from crm.customers.restricting import lift_restriction, restrict
from crm.events.models import Event
from crm.segments.actions import CannotSave, record_referral
from crm.segments.conditions import customers
from crm.segments.measuring import measure_customer
from crm.segments.models import Measured
from crm.staff.models import Role
from tests.people import a_customer, a_member, a_team

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def ratna():
    ensure_policy()
    return a_member("Ratna Kusuma", Role.SUPERVISOR, teams=(a_team(),), language="en")


@pytest.fixture
def rina(ratna):
    rina = a_customer("Rina Maharani", msisdn="+6281200004471")
    save_paper(customer=rina, kind="passport", number="B1234567", by=ratna)
    save_address(customer=rina, kind="home", lines={"street": "Jl. Dago 1", "city": "Bandung"}, by=ratna)
    give_consent(customer=rina, purpose="offers", version=1, channel="counter", by=ratna)
    restrict(customer=rina, reason="Digugat.", by=ratna)
    rina.refresh_from_db()
    return rina


def other():
    return a_customer("Agus Salim")


VERBS = {
    "set a tier": (CannotOverride, lambda rina, by: override_tier(
        customer=rina, tier="gold", reason="Setia.", until=NOW.date() + dt.timedelta(days=30), by=by)),
    "reveal a number": (Restricted, lambda rina, by: reveal_contact(
        contact_point=rina.contact_points.get(), by=by, reason="Menelepon.")),
    "reveal a paper": (Restricted, lambda rina, by: reveal_paper(
        paper=IdentityDocument.objects.get(), by=by, reason="Memeriksa.")),
    "reveal an address": (Restricted, lambda rina, by: reveal_address(
        address=Address.objects.get(), by=by, reason="Berkirim.")),
    "merge away": (NotTwo, lambda rina, by: merge_customers(
        survivor=other(), absorbed=rina, chosen={}, by=by, proof="KTP")),
    "merge into": (NotTwo, lambda rina, by: merge_customers(
        survivor=rina, absorbed=other(), chosen={}, by=by, proof="KTP")),
    "say whom they brought": (CannotSave, lambda rina, by: record_referral(customer=rina, brought=other(), by=by)),
    "say who brought them": (CannotSave, lambda rina, by: record_referral(customer=other(), brought=rina, by=by)),
}  # fmt: skip


def picture(customer):
    held = [customer, *customer.tier_overrides.order_by("pk"), *customer.tier_changes.order_by("pk")]
    return serializers.serialize("json", held), Event.objects.filter(customer_id=customer.pk).count()


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_is_refused_and_changes_nothing(rina, ratna, verb):
    refused, act = VERBS[verb]
    before = picture(rina)
    with pytest.raises(refused):
        act(rina, ratna)
    rina.refresh_from_db()
    assert picture(rina) == before


def test_nothing_is_offered_analysed_selected_or_named_outside(rina):
    assert not may_contact(customer=rina, purpose="offers", channel="sms").may
    assert not may_use(customer=rina, purpose="profiling").may
    assert not customers([], NOW.date()).filter(pk=rina.pk).exists()
    measure_customer(rina.pk, NOW)
    assert not Measured.objects.filter(customer=rina).exists()
    assert "Rina" not in name_outside(rina)


def test_the_page_says_why_the_tier_stays(client, rina, ratna):
    client.force_login(ratna)
    asked = {"tier": "gold", "reason": "Setia.", "until": f"{NOW.date() + dt.timedelta(days=30)}"}
    answer = client.post(reverse("billing:override", args=[rina.pk]), asked)
    assert answer.status_code == 422
    assert "restricted: the tier stays as it is" in answer.content.decode()
    assert not rina.tier_overrides.exists()


def test_a_tier_set_before_is_not_taken_back_either(client, rina, ratna):
    override = TierOverride.objects.create(
        customer=rina, tier="gold", reason="Setia.", until=NOW.date(), by=ratna, created_at=NOW
    )
    client.force_login(ratna)
    answer = client.post(reverse("billing:free", args=[rina.pk]), follow=True)
    assert "restricted: the tier stays as it is" in answer.content.decode()
    override.refresh_from_db()
    assert override.ended_at is None


def test_lifted_it_may_be_set_again(rina, ratna):
    lift_restriction(customer=rina, reason="Gugatan dicabut.", by=ratna)
    VERBS["set a tier"][1](rina, ratna)
    assert rina.tier_overrides.get().tier == "gold"
