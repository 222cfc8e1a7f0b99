"""A handle is linked to the customer once identity is proven in private, and parted again when that was wrong."""

import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone

from crm.cases import actions
from crm.cases.defaults import ensure_policy
from crm.cases.errors import NotSaidPrivately
from crm.cases.models import Case
from crm.customers.actions import find_or_create_customer
from crm.customers.errors import BadContact, HeldElsewhere, HolderChanged, NotProven, NotProvisional
from crm.customers.models import ContactPoint, Customer, Proof
from crm.events.models import Event
from crm.messaging.models import Message
from crm.timeline.models import Interaction
from social.models import Account, Post
from tests.connections import somebody_else, until_somebody_waits
from tests.people import a_customer, a_line, a_member, a_team

NUMBER, WRITTEN = "+6281200004471", "0812-0000-4471"


@pytest.fixture(autouse=True)
def _policy(db):
    ensure_policy()


@pytest.fixture
def sari():
    return a_member(teams=(a_team(),))


@pytest.fixture
def rina():
    """Known for years, by her number."""
    return a_customer("Rina Maharani", msisdn=NUMBER, tier="gold")


@pytest.fixture
def point():
    """@rinamhrn, of whom only the handle is known."""
    return find_or_create_customer(handle="rinamhrn", network="x").contact_points.get()


def hear(point, external_id, *, public, conversation="100"):
    return actions.take_in(
        customer=Customer.objects.get(contact_points=point), channel="x", account="sapa_care", is_public=public,
        conversation=conversation, external_id=external_id, text="Halo",
    )  # fmt: skip


@pytest.fixture
def case(point):
    case = hear(point, "1", public=True)
    actions.add_interaction(case=case, direction="in", channel="x", account="sapa_care", text="Ini", external_id="2")
    return Case.objects.get(pk=case.pk)


def prove(case, point, by, msisdn=WRITTEN, **more):
    return actions.prove_identity(case=case, point=point, msisdn=msisdn, by=by, **more)


def everything():
    """Who holds what, to compare."""
    return [
        list(model.objects.order_by("pk").values_list("pk", "customer"))
        for model in (Case, Interaction, Message, ContactPoint, Post)
    ]


class TestANumberThatNobodyHas:
    def test_number_and_handle_are_proven_on_this_record(self, case, point, sari):
        proof = prove(case, point, sari)
        numbers = ContactPoint.objects.get(kind="msisdn")
        point.refresh_from_db()
        assert (numbers.value, numbers.customer_id, numbers.verified_by) == (NUMBER, case.customer_id, sari)
        assert (point.customer_id, point.verified_by) == (case.customer_id, sari)
        assert not proof.is_link

    def test_taken_back_both_are_as_before(self, case, point, sari):
        proof = prove(case, point, sari)
        actions.take_back_identity(proof=proof, by=sari)
        point.refresh_from_db()
        assert point.verified_at is None
        assert not ContactPoint.objects.filter(kind="msisdn").exists()

    def test_a_number_that_was_a_claim_is_a_claim_again(self, case, point, sari):
        ContactPoint.objects.create(customer=case.customer, kind="msisdn", value=NUMBER)
        actions.take_back_identity(proof=prove(case, point, sari), by=sari)
        assert ContactPoint.objects.get(kind="msisdn").verified_at is None

    def test_a_number_that_was_proven_before_stays_proven(self, case, point, sari):
        ContactPoint.objects.create(customer=case.customer, kind="msisdn", value=NUMBER, verified_at=case.opened_at)
        actions.take_back_identity(proof=prove(case, point, sari), by=sari)
        assert ContactPoint.objects.get(kind="msisdn").verified_at == case.opened_at


class TestANumberOfSomebodyWeKnow:
    def test_handle_case_and_contacts_move_to_them(self, case, point, sari, rina):
        account = Account.objects.create(network="x", handle="sapa_care")
        said = Interaction.objects.get(external_id="1")
        post = Post.objects.create(
            account=account, external_id="1", author="rinamhrn", at=case.opened_at, state="case", interaction=said,
            customer=case.customer,
        )  # fmt: skip
        sent = actions.answer_case(case=case, text="Halo.", by=sari, recipient="rinamhrn")
        was = case.customer
        proof = prove(case, point, sari, expected=rina.pk)
        for one in (case, point, said, sent, post):
            one.refresh_from_db()
            assert one.customer_id == rina.pk
        was.refresh_from_db()
        assert (was.absorbed_into, proof.is_link) == (rina, True)
        assert not Interaction.objects.filter(customer=was).exists()
        assert point.verified_by == sari

    def test_a_promise_goes_with_its_case_and_back(self, case, point, sari, rina):
        due = timezone.now() + dt.timedelta(hours=1)
        promise = actions.make_promise(case=case, text="Kami kabari", due_at=due, by=sari)
        was = promise.customer_id
        proof = prove(case, point, sari, expected=rina.pk)
        promise.refresh_from_db()
        assert promise.customer == rina
        actions.take_back_identity(proof=proof, by=sari)
        promise.refresh_from_db()
        assert promise.customer_id == was

    def test_the_next_message_of_that_handle_is_hers(self, case, point, sari, rina):
        prove(case, point, sari, expected=rina.pk)
        assert find_or_create_customer(handle="rinamhrn", network="x") == rina

    def test_by_a_line_of_ours_too(self, case, point, sari):
        budi = a_customer("Budi")
        a_line(budi, NUMBER)
        prove(case, point, sari, expected=budi.pk)
        assert ContactPoint.objects.get(pk=point.pk).customer == budi

    def test_events_hold_ids_and_nothing_personal(self, case, point, sari, rina):
        prove(case, point, sari, expected=rina.pk)
        kinds = {event.kind: event for event in Event.objects.filter(facts__has_key="proof")}
        assert set(kinds) == {"customer.linked", "case.identity_proven"}
        assert kinds["case.identity_proven"].subject_id == case.pk
        assert not any("4471" in str(event.facts) or "rinamhrn" in str(event.facts) for event in kinds.values())

    def test_pressed_twice_it_is_one_proof_and_one_event(self, case, point, sari, rina):
        first = prove(case, point, sari, expected=rina.pk)
        assert prove(case, point, sari, expected=rina.pk) == first
        assert Event.objects.filter(kind="case.identity_proven").count() == 1

    def test_taken_back_everything_is_where_it_was(self, case, point, sari, rina):
        actions.answer_case(case=case, text="Halo.", by=sari, recipient="rinamhrn")
        before = everything()
        proof = prove(case, point, sari, expected=rina.pk)
        assert everything() != before
        actions.take_back_identity(proof=proof, by=sari)
        assert everything() == before
        point.refresh_from_db()
        assert (point.verified_at, Customer.objects.filter(absorbed_into=None).count()) == (None, 2)
        assert Event.objects.filter(kind="case.identity_undone", subject_id=case.pk).count() == 1

    def test_taken_back_what_came_by_the_handle_since_goes_along_and_her_own_stays(self, case, point, sari, rina):
        own = actions.open_case(customer=rina, channel="call", text="Tagihan", kind="question")
        proof = prove(case, point, sari, expected=rina.pk)
        hear(point, "3", public=True)
        later = hear(point, "4", public=True, conversation="200")
        actions.take_back_identity(proof=proof, by=sari)
        theirs = Customer.objects.get(contact_points=point)
        assert set(Case.objects.filter(customer=theirs)) == {case, later}
        assert Interaction.objects.filter(customer=theirs).count() == 4
        assert list(Case.objects.filter(customer=rina)) == [own]

    def test_taken_back_twice_it_is_refused(self, case, point, sari, rina):
        proof = prove(case, point, sari, expected=rina.pk)
        actions.take_back_identity(proof=proof, by=sari)
        with pytest.raises(NotProven):
            actions.take_back_identity(proof=proof, by=sari)

    def test_taken_back_it_can_be_proven_anew(self, case, point, sari, rina):
        actions.take_back_identity(proof=prove(case, point, sari, expected=rina.pk), by=sari)
        case.refresh_from_db()
        assert prove(case, point, sari, expected=rina.pk).is_link


class TestRefused:
    @pytest.fixture(autouse=True)
    def _nothing_changes(self, case, point, rina):
        before = everything()
        yield
        assert everything() == before
        assert not Proof.objects.exists()
        assert not ContactPoint.objects.filter(verified_by__isnull=False).exists()

    def test_in_public_nobody_proves_who_they_are(self, case, point, sari, rina):
        Interaction.objects.filter(external_id="2").update(is_public=True)
        with pytest.raises(NotSaidPrivately):
            prove(case, point, sari, expected=rina.pk)

    def test_a_private_answer_of_ours_is_no_message_of_theirs(self, case, point, sari, rina):
        Interaction.objects.filter(external_id="2").update(direction="out")
        with pytest.raises(NotSaidPrivately):
            prove(case, point, sari, expected=rina.pk)

    def test_somebody_else_than_the_agent_was_shown(self, case, point, sari, rina):
        for expected in (None, rina.pk + 1000):
            with pytest.raises(HolderChanged):
                prove(case, point, sari, expected=expected)

    def test_nobody_where_the_agent_was_shown_somebody(self, case, point, sari, rina):
        with pytest.raises(HolderChanged):
            prove(case, point, sari, msisdn="081299990000", expected=rina.pk)

    def test_no_number(self, case, point, sari):
        with pytest.raises(BadContact):
            prove(case, point, sari, msisdn="hello")

    def test_a_record_with_a_line_of_its_own_is_not_swallowed(self, case, point, sari, rina):
        a_line(case.customer, "+6281100001111")
        with pytest.raises(NotProvisional):
            prove(case, point, sari, expected=rina.pk)


def test_a_handle_of_another_customer_is_refused_and_nothing_changes(case, sari, rina):
    other = find_or_create_customer(handle="orang_lain", network="x").contact_points.get()
    before = everything()
    with pytest.raises(NotProven):
        prove(case, other, sari, expected=rina.pk)
    assert everything() == before


def test_two_cases_in_one_conversation_are_not_made(case, point, sari, rina):
    twin = find_or_create_customer(handle="rina_kedua", network="x")
    Case.objects.filter(pk=hear(twin.contact_points.get(), "9", public=True).pk).update(customer=rina)
    before = everything()
    with pytest.raises(HeldElsewhere):
        prove(case, point, sari, expected=rina.pk)
    assert everything() == before


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_of_two_who_prove_one_handle_one_does(self, case, point, sari, rina):
        with somebody_else() as does:
            with transaction.atomic():
                first = prove(case, point, sari, expected=rina.pk)
                later = does(prove, case, point, sari, expected=rina.pk)
                until_somebody_waits()
            assert later.result(20) == first
        assert Proof.objects.count() == 1

    def test_a_message_that_comes_meanwhile_is_hers(self, case, point, sari, rina):
        def comes():
            with transaction.atomic():
                customer = find_or_create_customer(handle="rinamhrn", network="x")
                actions.take_in(
                    customer=customer, channel="x", account="sapa_care", conversation="100", external_id="3", text="?"
                )
            return customer

        with somebody_else() as does:
            with transaction.atomic():
                prove(case, point, sari, expected=rina.pk)
                later = does(comes)
                until_somebody_waits()
            assert later.result(20) == rina
        assert not Interaction.objects.exclude(customer=rina).exists()

    def test_a_message_that_is_being_taken_in_is_waited_for(self, case, point, sari, rina):
        with somebody_else() as does:
            with transaction.atomic():
                customer = find_or_create_customer(handle="rinamhrn", network="x")
                later = does(prove, case, point, sari, expected=rina.pk)
                until_somebody_waits()
                actions.take_in(
                    customer=customer, channel="x", account="sapa_care", conversation="300", external_id="3", text="?"
                )
            assert later.result(20).is_link
        assert not Interaction.objects.exclude(customer=rina).exists()
        assert not Case.objects.exclude(customer=rina).exists()

    def test_an_answer_that_is_being_sent_is_waited_for_and_moves_too(self, case, point, sari, rina):
        with somebody_else() as does:
            with transaction.atomic():
                actions.answer_case(case=case, text="Halo.", by=sari, recipient="rinamhrn")
                later = does(prove, case, point, sari, expected=rina.pk)
                until_somebody_waits()
            later.result(20)
        assert Message.objects.get().customer == rina
