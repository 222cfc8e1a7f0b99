"""Nothing that a scanner has not seen is opened or sent, where there is one."""

import pytest
from django.db import connection

from crm.cases import actions
from crm.cases.defaults import ensure_policy
from crm.cases.errors import CannotAttach
from crm.events.models import Event
from crm.messaging import channels
from crm.timeline import scanner
from crm.timeline.attachments import keep_file
from crm.timeline.models import Attachment
from crm.timeline.scanning import scan_pending, write_down
from tests.desk.network import Network
from tests.people import a_case, a_customer, a_member, a_team
from tests.timeline.clamd import EICAR, clamd
from tests.timeline.files import PDF

pytestmark = pytest.mark.django_db
BAD = b"Halo\n" + EICAR + b"\n"


@pytest.fixture(autouse=True)
def _policy(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    ensure_policy()


@pytest.fixture
def daemon(settings):
    with clamd() as server:
        settings.CLAMD_URL = server.url
        yield server


@pytest.fixture
def away(settings, daemon):
    """The address of a scanner that is not there."""
    daemon.server_close()
    return daemon


@pytest.fixture
def said():
    return a_case(customer=a_customer(email="rina@example.com")).entries.get().interaction


def state_of(file):
    return Attachment.objects.values_list("state", "finding").get(pk=file.pk)


def test_without_a_scanner_a_file_is_kept_as_it_is(said):
    assert keep_file(content=PDF, name="a.pdf", interaction=said).state == "plain"
    assert scan_pending() == 0


def test_a_file_waits_and_is_clean_when_nothing_was_found(daemon, said):
    file = keep_file(content=PDF, name="a.pdf", interaction=said)
    assert (file.state, file.is_servable) == ("pending", False)
    assert scan_pending() == 1
    assert state_of(file) == ("clean", "")
    assert daemon.seen == [PDF]


def test_malware_is_named_and_never_opened(daemon, said):
    file = keep_file(content=BAD, name="a.txt", interaction=said)
    scan_pending()
    assert state_of(file) == ("infected", "Eicar-Signature")
    assert not Attachment.objects.servable().exists()


def test_the_page_hears_of_the_verdict(daemon, said):
    file = keep_file(content=BAD, name="a.txt", interaction=said)
    scan_pending()
    event = Event.objects.get(kind="attachment.infected")
    assert (event.subject_id, event.facts["interaction"], event.customer_id) == (file.pk, said.pk, said.customer_id)


def test_no_transaction_is_open_while_it_scans(daemon, said, django_capture_on_commit_callbacks):
    before = len(connection.savepoint_ids)
    keep_file(content=PDF, name="a.pdf", interaction=said)
    open_then = []
    daemon.says = lambda content: open_then.append(len(connection.savepoint_ids)) or b"stream: OK"
    scan_pending()
    assert open_then == [before]


def test_a_file_kept_in_a_transaction_is_asked_for_when_it_is_through(
    daemon, said, django_capture_on_commit_callbacks, monkeypatch
):
    asked = []
    monkeypatch.setattr("crm.timeline.scanning.current_app.send_task", lambda task, **how: asked.append(task))
    with django_capture_on_commit_callbacks(execute=True):
        keep_file(content=PDF, name="a.pdf", interaction=said)
        assert asked == []
    assert asked == ["crm.timeline.tasks.scan_files"]


@pytest.mark.usefixtures("away")
def test_a_scanner_that_is_away_leaves_files_waiting(said):
    files = [keep_file(content=PDF, name="a.pdf", interaction=said) for _ in range(3)]
    assert scan_pending() == 0
    assert {state_of(file)[0] for file in files} == {"pending"}


def test_what_waited_is_scanned_when_it_is_back(daemon, said, settings):
    there, settings.CLAMD_URL = settings.CLAMD_URL, "/nowhere/clamd.ctl"
    file = keep_file(content=PDF, name="a.pdf", interaction=said)
    assert scan_pending() == 0
    settings.CLAMD_URL = there
    assert scan_pending() == 1
    assert state_of(file)[0] == "clean"


@pytest.mark.parametrize("answer", [None, b"INSTREAM size limit exceeded. ERROR", b"stream: Broken ERROR", b"?"])
def test_a_file_it_will_not_judge_holds_up_no_other(daemon, said, answer):
    first, second = (keep_file(content=content, name="a.txt", interaction=said) for content in (b"one\n", b"two\n"))
    daemon.says = lambda content: answer if content == b"one\n" else b"stream: OK"
    assert scan_pending() == 1
    assert (state_of(first)[0], state_of(second)[0]) == ("pending", "clean")


def test_a_file_that_is_lost_on_the_disk_is_said_to_be(daemon, said):
    file = keep_file(content=PDF, name="a.pdf", interaction=said)
    file.file.storage.delete(file.file.name)
    scan_pending()
    assert Attachment.objects.get(pk=file.pk).refusal == "gone"


def test_a_scanner_taken_out_of_service_leaves_nothing_waiting_for_ever(daemon, said, settings):
    file = keep_file(content=PDF, name="a.pdf", interaction=said)
    settings.CLAMD_URL = ""
    scan_pending()
    assert state_of(file)[0] == "plain"


def test_a_second_verdict_changes_nothing(daemon, said):
    file = keep_file(content=BAD, name="a.txt", interaction=said)
    scan_pending()
    assert not write_down(file, Attachment.State.CLEAN)
    assert state_of(file)[0] == "infected"
    assert Event.objects.filter(subject_type="attachment").count() == 1


def test_an_upload_is_not_sent_before_it_was_scanned(daemon, said, monkeypatch):
    monkeypatch.setitem(channels._adapters, "email", Network())
    sari, case = a_member(teams=(a_team(),)), said.in_case.case
    good, bad = keep_file(content=PDF, name="a.pdf", by=sari), keep_file(content=BAD, name="a.txt", by=sari)
    answer = {"case": case, "text": "Ini", "by": sari, "channel": "email", "recipient": "rina@example.com"}
    with pytest.raises(CannotAttach):
        actions.answer_case(**answer, files=[good.pk])
    scan_pending()
    with pytest.raises(CannotAttach):
        actions.answer_case(**answer, files=[good.pk, bad.pk])
    message = actions.answer_case(**answer, files=[good.pk])
    assert [one.pk for one in message.interaction.attachments.all()] == [good.pk]


@pytest.mark.parametrize(
    ("url", "kind"), [("tcp://127.0.0.1:3310", "ClamdNetworkSocket"), ("/run/clamav/clamd.ctl", "ClamdUnixSocket")]
)
def test_a_scanner_is_named_by_host_or_by_path(url, kind):
    assert type(scanner._daemon(url)).__name__ == kind
