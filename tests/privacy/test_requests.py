"""What customers ask of their data: noted as a case, due by law, decided, and the file of what is held."""

import datetime as dt
import io
import json
from zipfile import ZipFile

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from crm.cases.actions import add_interaction
from crm.cases.defaults import ensure_policy
from crm.cases.models import Case
from crm.customers import holdings
from crm.customers.consenting import give_consent
from crm.customers.models import ContactPoint, Customer, Purpose
from crm.events.models import Event
from crm.privacy import ledger
from crm.privacy.asking import open_request
from crm.privacy.deciding import grant, propose_erasure, refuse
from crm.privacy.errors import (
    AlreadyAsked,
    AlreadyDecided,
    AskedInFuture,
    FileGone,
    ReasonMissing,
    SecondPersonNeeded,
    StandsAgainst,
)
from crm.privacy.files import ask_for_file, forget_files, make_next, take_file
from crm.privacy.models import AccessFile, DataRequest, DoomedFile
from crm.privacy.pdf import draw
from crm.privacy.plain import COLUMNS, THINGS, Table
from crm.privacy.tasks import forget_files as forget_files_task
from crm.staff.models import Role
from crm.timeline.attachments import keep_file
from tests.connections import somebody_else, until_somebody_waits
from tests.people import a_case, a_customer, a_member, a_team
from tests.privacy.places import everywhere

pytestmark = pytest.mark.django_db
NUMBER = "+6281200004471"


@pytest.fixture
def team():
    ensure_policy()
    return a_team()


@pytest.fixture
def sari(team):
    return a_member("Sari Wulandari", Role.AGENT, teams=(team,), language="en")


@pytest.fixture
def ratna(team):
    return a_member("Ratna Kusuma", Role.SUPERVISOR, teams=(team,), language="en")


@pytest.fixture
def yosef(team):
    return a_member("Yosef Tanaya", Role.ADMINISTRATOR, language="en")


@pytest.fixture
def rina(team):
    return a_customer("Rina Maharani", msisdn=NUMBER)


@pytest.fixture
def ledger_file(settings, tmp_path):
    settings.ERASED_FILE = tmp_path / "erased.jsonl"


@pytest.fixture
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def asks(customer, by, kind="access", **fields):
    return open_request(customer=customer, kind=kind, words="Saya minta.", channel="counter", by=by, **fields)


def test_a_request_is_a_case_and_due_seventy_two_hours_after_it_was_asked(rina, sari):
    asked = timezone.now() - dt.timedelta(hours=5)
    request = asks(rina, sari, asked_at=asked)
    assert request.due_at - asked == dt.timedelta(hours=72)
    assert (request.case.customer, request.case.kind, request.case.opened_at) == (rina, "request", asked)
    assert Event.objects.get(kind="privacy.asked").customer_id == rina.pk


def test_nobody_can_move_the_end_of_the_laws_clock(rina, sari):
    request = asks(rina, sari)
    with pytest.raises(IntegrityError, match="request_due_by_law"), transaction.atomic():
        DataRequest.objects.filter(pk=request.pk).update(due_at=request.due_at + dt.timedelta(hours=1))


def test_the_same_is_not_asked_twice_nor_in_the_future(rina, sari):
    asks(rina, sari)
    with pytest.raises(AlreadyAsked):
        asks(rina, sari)
    with pytest.raises(AskedInFuture):
        asks(rina, sari, "erasure", asked_at=timezone.now() + dt.timedelta(hours=1))
    assert (DataRequest.objects.count(), Case.objects.count()) == (1, 1)


def test_a_refusal_needs_its_ground_and_a_decision_stands(rina, sari, ratna):
    request = asks(rina, sari)
    with pytest.raises(ReasonMissing):
        refuse(request=request, reason=" ", by=ratna)
    refuse(request=request, reason="Pasal 33", by=ratna)
    with pytest.raises(AlreadyDecided):
        grant(request=request, reason="x", by=ratna)
    request.refresh_from_db()
    assert (request.state, request.reason, request.decided_by) == ("refused", "Pasal 33", ratna)


def test_granting_lets_data_rest_and_ends_consents(rina, sari, ratna):
    give_consent(customer=rina, purpose="offers", version=1, channel="counter", by=sari)
    grant(request=asks(rina, sari, "withdrawal"), reason="Diminta", by=ratna)
    assert not rina.consents.standing().exists()
    grant(request=asks(rina, sari, "restriction"), reason="Diminta", by=ratna)
    rina.refresh_from_db()
    assert rina.restricted_at


def told(request, by):
    """They are answered first: afterwards nobody can be."""
    add_interaction(case=request.case, direction="out", channel="counter", text="Kami proses.", by=by)
    return request


def test_who_was_not_answered_is_not_erased(rina, sari, ratna):
    with pytest.raises(StandsAgainst):
        propose_erasure(request=asks(rina, sari, "erasure"), reason="Diminta", by=ratna)
    assert DataRequest.objects.get().state == "open"


def test_one_person_alone_erases_nobody(rina, sari, ratna):
    request = told(asks(rina, sari, "erasure"), sari)
    with pytest.raises(SecondPersonNeeded):
        grant(request=request, reason="x", by=ratna)
    propose_erasure(request=request, reason="Diminta", by=ratna)
    with pytest.raises(SecondPersonNeeded):
        grant(request=request, reason="x", by=ratna)
    rina.refresh_from_db()
    assert (rina.erased_at, rina.name) == (None, "Rina Maharani")


def test_the_second_person_erases(rina, sari, ratna, yosef):
    request = told(asks(rina, sari, "erasure"), sari)
    propose_erasure(request=request, reason="Diminta", by=ratna)
    grant(request=request, reason="Setuju", by=yosef)
    rina.refresh_from_db()
    request.refresh_from_db()
    assert rina.erased_at
    assert (rina.name, ContactPoint.objects.count()) == ("", 0)
    assert (request.state, request.words, request.reason, request.case.state) == ("done", "—", "—", "settled")


def test_files_of_the_erased_go_even_if_the_process_dies_after_its_commit(files, rina, sari, ratna, yosef):
    request = told(asks(rina, sari, "erasure"), sari)
    kept = files / keep_file(content=b"3273", name="ktp.txt", interaction=rina.interactions.first()).file.name
    propose_erasure(request=request, reason="Diminta", by=ratna)
    grant(request=request, reason="Setuju", by=yosef)  # what follows the commit never runs
    assert kept.exists()
    forget_files_task()
    assert not kept.exists()
    assert not DoomedFile.objects.exists()


@pytest.mark.usefixtures("ledger_file")
def test_a_backup_from_before_learns_again_who_was_erased_and_which_two_decided(rina, sari, ratna, yosef):
    request = told(asks(rina, sari, "erasure"), sari)
    before = transaction.savepoint()
    propose_erasure(request=request, reason="Diminta", by=ratna)
    grant(request=request, reason="Setuju", by=yosef)
    assert ledger.write_missing() == 1
    transaction.savepoint_rollback(before)  # as the backup had it: asked, nothing decided
    other = a_case(customer=rina)

    assert ledger.erase_again() == "1 customers erased again"

    request.refresh_from_db()
    other.refresh_from_db()
    assert (request.state, request.proposed_by, request.decided_by) == ("done", ratna, yosef)
    assert (request.case.state, other.state) == ("cancelled", "cancelled")


def test_another_running_case_stands_against_erasing(rina, sari, ratna, yosef):
    request = told(asks(rina, sari, "erasure"), sari)
    propose_erasure(request=request, reason="Diminta", by=ratna)
    other = a_case(customer=rina)
    with pytest.raises(StandsAgainst, match=str(other.number)):
        grant(request=request, reason="Setuju", by=yosef)
    request.refresh_from_db()
    rina.refresh_from_db()
    assert (request.state, rina.erased_at) == ("proposed", None)


def test_the_file_holds_what_is_held_and_who_processed_it(rina, sari, ratna):
    request = asks(rina, sari)
    make_next(now=timezone.now())
    packed = ZipFile(io.BytesIO(take_file(request=request, by=ratna)))
    told = json.loads(packed.read("data.json"))
    assert told["held"]["customers"]["contacts"][0]["value"] == NUMBER
    assert {"what": "case.opened", "by": "Sari Wulandari"}.items() <= told["processed"][0].items()
    assert NUMBER in packed.read("data.html").decode()
    assert NUMBER not in AccessFile.objects.get().sealed
    assert Event.objects.get(kind="privacy.file_taken").actor_id == ratna.pk


def test_the_file_reads_in_plain_words_of_the_customers_language_and_is_a_pdf_too(rina, sari, ratna):
    give_consent(customer=rina, purpose="offers", version=1, channel="counter", by=sari)
    request = asks(rina, sari)
    make_next(now=timezone.now())
    packed = ZipFile(io.BytesIO(take_file(request=request, by=ratna)))
    page = packed.read("data.html").decode()
    with translation.override("id"):
        assert f"<h2>{THINGS['customers:consents']}</h2>" in page
        assert f'<th scope="col">{COLUMNS["given_at"]}</th>' in page
        assert f"<td>{Purpose.OFFERS.label}</td>" in page
    assert "<td>offers</td>" not in page
    assert packed.read("data.pdf").startswith(b"%PDF-")
    assert json.loads(packed.read("data.json"))["held"]["customers"]["consents"][0]["purpose"] == "offers"


def test_a_text_of_many_pages_with_faces_stands_on_paper():
    told = Table("Kontak", ["Teks"], [["Halo 😀 & <terima> kasih. " * 2000]])
    assert draw([told], now=timezone.now()).count(b"/Type /Page\n") > 5


def test_all_that_is_held_has_a_heading(files):
    ensure_policy()
    customer, _case = everywhere()
    told = holdings.describe(holdings.person_of(customer))
    assert [f"{room}:{what}" for room, of in told.items() for what in of if f"{room}:{what}" not in THINGS] == []


def test_after_seven_days_the_file_is_gone(rina, sari, ratna):
    now = timezone.now()
    request = asks(rina, sari)
    make_next(now=now)
    later = now + dt.timedelta(days=7)
    with pytest.raises(FileGone):
        take_file(request=request, by=ratna, at=later)
    assert forget_files(now=later) == 1
    assert AccessFile.objects.get().sealed == ""
    ask_for_file(request=request)
    assert make_next(now=later).state == "made"
    assert make_next(now=later) is None


def test_each_may_only_what_their_role_may(client, rina, sari, ratna):
    request = asks(rina, sari)
    pages = [reverse("privacy:requests"), reverse("privacy:request", args=[request.pk])]
    client.force_login(sari)
    assert [client.get(page).status_code for page in pages] == [403, 403]
    assert client.post(reverse("privacy:file-download", args=[request.pk])).status_code == 403
    client.force_login(ratna)
    assert [client.get(page).status_code for page in pages] == [200, 200]


def test_an_agent_notes_a_request_on_the_customers_page(client, rina, sari):
    client.force_login(sari)
    page = reverse("privacy:ask", args=[rina.pk])
    assert client.get(page).status_code == 200
    assert client.post(page, {"kind": "access", "channel": "call", "words": ""}).status_code == 422
    client.post(page, {"kind": "access", "channel": "call", "words": "Data saya apa saja?"})
    shown = client.get(reverse("desk:customer_tab", args=[rina.pk, "privacy"])).content.decode()
    assert "Access to their data" in shown
    assert f"#{DataRequest.objects.get().case.number}" in shown


def test_two_people_erase_on_the_page(client, rina, sari, ratna, yosef):
    request = told(asks(rina, sari, "erasure"), sari)
    page = reverse("privacy:request", args=[request.pk])
    client.force_login(ratna)
    client.post(page, {"act": "propose", "reason": "Diminta"})
    assert "Another person has to approve" in client.get(page).content.decode()
    assert client.post(page, {"act": "grant", "reason": "x"}).status_code == 422
    client.force_login(yosef)
    client.post(page, {"act": "grant", "reason": "Setuju"})
    assert Customer.objects.get().erased_at
    assert (
        "Rina" not in client.get(page).content.decode() + client.get("/privacy/requests/?state=ended").content.decode()
    )


def test_the_download_is_a_zip(client, rina, sari, ratna):
    request = asks(rina, sari)
    make_next(now=timezone.now())
    client.force_login(ratna)
    answer = client.post(reverse("privacy:file-download", args=[request.pk]))
    assert answer["Content-Type"] == "application/zip"
    assert "data.json" in ZipFile(io.BytesIO(answer.content)).namelist()


def test_the_list_asks_as_much_for_ten_as_for_one(client, sari, ratna):
    client.force_login(ratna)
    counts = []
    for many in (1, 9):
        for _number in range(many):
            asks(a_customer(), sari, "correction")
        client.get(reverse("privacy:requests"))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(reverse("privacy:requests"))
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_decides(rina, sari, ratna, yosef):
    request = asks(rina, sari, "correction")
    with somebody_else() as does:
        with transaction.atomic():
            grant(request=request, reason="Diperbaiki", by=ratna)
            later = does(refuse, request=request, reason="Pasal 33", by=yosef)
            until_somebody_waits()
        with pytest.raises(AlreadyDecided):
            later.result()
    request.refresh_from_db()
    assert (request.state, request.decided_by) == ("done", ratna)
