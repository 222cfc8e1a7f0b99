"""Files that go out with an answer, and files that came in: who may see them, and how they are served."""

import base64
import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from crm.cases import actions
from crm.events.models import Event
from crm.messaging import channels
from crm.messaging.models import Message
from crm.timeline.attachments import keep_file, keep_or_note
from crm.timeline.loose import forget_loose
from crm.timeline.models import Attachment
from tests.desk.conftest import HTMX
from tests.desk.network import Network
from tests.people import last_said

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PAPER = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(autouse=True)
def mail(monkeypatch):
    """E-mail that takes files, and sends nothing."""
    made = Network()
    monkeypatch.setitem(channels._adapters, "email", made)
    return made


def upload(client, case, content=PICTURE, name="layar.png"):
    data = {"file": SimpleUploadedFile(name, content)}
    return client.post(reverse("desk:upload", args=[case.number]), data, headers=HTMX)


def send(client, case, *files, **more):
    road = f"email:{case.customer.contact_points.get(kind='email').pk}"
    data = {
        "way": "private",
        "road": road,
        "text": "Halo Ibu Rina, ini gambarnya.",
        "seen": last_said(case),
        "key": "k",
    } | more
    return client.post(
        reverse("desk:answer", args=[case.number]), data | {"attached": [f.pk for f in files]}, headers=HTMX
    )


def page_of(client, case):
    return client.get(reverse("desk:case", args=[case.number]), headers=HTMX).content.decode()


def open_file(client, case, file):
    return client.get(reverse("desk:file", args=[case.number, file.pk]))


class TestBeforeSending:
    def test_a_file_is_kept_at_once_and_there_after_a_reload(self, desk, case):
        assert "layar.png" in upload(desk, case).content.decode()
        file = Attachment.objects.get()
        assert (file.content_type, file.interaction, file.by.name) == ("image/png", None, "Sari Wulandari")
        assert "layar.png" in page_of(desk, case)

    def test_a_program_is_refused_in_words_and_nothing_is_kept(self, desk, case):
        answer = upload(desk, case, b"MZ\x90\x00\x03", "faktur.pdf")
        assert answer.status_code == 422
        assert "Files of this type are not taken." in answer.content.decode()
        assert not Attachment.objects.exists()

    def test_too_large_a_file_is_refused_in_words(self, desk, case, monkeypatch):
        monkeypatch.setattr("crm.timeline.attachments.LARGEST", 20)
        assert upload(desk, case).status_code == 422
        assert not Attachment.objects.exists()

    def test_an_answer_takes_ten_files(self, desk, case, monkeypatch):
        monkeypatch.setattr("crm.desk.files.MOST", 1)
        upload(desk, case)
        assert "An answer takes 1 files at most." in upload(desk, case).content.decode()
        assert Attachment.objects.count() == 1

    def test_a_removed_file_is_gone_from_the_disk(self, desk, case, django_capture_on_commit_callbacks):
        upload(desk, case)
        file = Attachment.objects.get()
        with django_capture_on_commit_callbacks(execute=True):
            desk.post(reverse("desk:file-remove", args=[case.number, file.pk]), headers=HTMX)
        assert not Attachment.objects.exists()
        assert not file.file.storage.exists(file.file.name)

    def test_a_colleague_neither_sees_nor_removes_nor_sends_it(self, as_user, sari, ratna, case):
        upload(as_user(sari), case)
        file = Attachment.objects.get()
        client = as_user(ratna)
        assert "layar.png" not in page_of(client, case)
        assert open_file(client, case, file).status_code == 404
        client.post(reverse("desk:file-remove", args=[case.number, file.pk]), headers=HTMX)
        assert send(client, case, file).status_code == 422
        assert Attachment.objects.get().interaction is None

    def test_another_teams_case_takes_none(self, as_user, joko, case):
        assert upload(as_user(joko), case).status_code == 404
        assert not Attachment.objects.exists()

    def test_what_was_never_sent_is_forgotten_after_some_days(self, desk, case, sari):
        upload(desk, case)
        sent = keep_file(content=PAPER, name="a.pdf", by=sari, interaction=case.entries.get().interaction)
        assert forget_loose(before=timezone.now() - dt.timedelta(days=1)) == 0
        assert forget_loose(before=timezone.now() + dt.timedelta(days=1)) == 1
        assert Attachment.objects.get() == sent


class TestSending:
    def test_it_goes_with_the_answer_and_leaves_the_composer(self, desk, case):
        upload(desk, case)
        send(desk, case, Attachment.objects.get())
        message = Message.objects.get()
        assert [one.name for one in message.interaction.attachments.all()] == ["layar.png"]
        assert 'name="attached"' not in page_of(desk, case)

    def test_taken_back_it_is_in_the_composer_again(self, desk, case):
        upload(desk, case)
        file = Attachment.objects.get()
        send(desk, case, file)
        desk.post(reverse("desk:undo", args=[case.number, Message.objects.get().pk]), headers=HTMX)
        assert f'name="attached" value="{file.pk}"' in page_of(desk, case)
        assert send(desk, case, file, key="again").status_code == 200

    def test_a_road_without_files_says_so_and_sends_nothing(self, desk, case, mail):
        upload(desk, case)
        mail.can_attach = False
        assert "No file goes out over Call" in page_of(desk, case)
        assert send(desk, case, Attachment.objects.get()).status_code == 422
        assert not Message.objects.exists()

    @pytest.mark.parametrize(
        ("state", "said"), [("pending", "is still being scanned"), ("infected", "cannot be sent. Remove it.")]
    )
    def test_what_is_not_known_to_be_clean_does_not_leave(self, desk, case, state, said):
        upload(desk, case)
        Attachment.objects.update(state=state)
        assert said in send(desk, case, Attachment.objects.get()).content.decode()
        assert not Message.objects.exists()

    def test_a_note_takes_no_files_and_leaves_them_for_the_answer(self, desk, case):
        upload(desk, case)
        file = Attachment.objects.get()
        send(desk, case, file, way="note")
        assert f'name="attached" value="{file.pk}"' in page_of(desk, case)


class TestInTheConversation:
    @pytest.fixture
    def said(self, case):
        return case.entries.get().interaction

    def test_a_picture_stands_in_its_place_and_runs_nothing(self, desk, case, said):
        file = keep_file(content=PICTURE, name="x.png", interaction=said)
        assert f'src="{reverse("desk:file", args=[case.number, file.pk])}"' in page_of(desk, case)
        answer = open_file(desk, case, file)
        assert (answer["Content-Type"], answer.getvalue()) == ("image/png", PICTURE)
        assert answer["Content-Disposition"].startswith("inline")
        assert "sandbox" in answer["Content-Security-Policy"]
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"].startswith("private")

    def test_any_other_file_is_a_download_under_its_own_name(self, desk, case, said):
        file = keep_file(content=PAPER, name="../../tagihan mei.pdf", interaction=said)
        answer = open_file(desk, case, file)
        assert answer["Content-Disposition"] == 'attachment; filename="tagihan mei.pdf"'
        assert answer.getvalue() == PAPER

    def test_a_page_that_calls_itself_a_picture_is_none(self, desk, case, said):
        kept = keep_or_note(content=b"<html><script>alert(1)</script>", name="x.png", interaction=said)
        assert (kept.state, kept.refusal) == ("refused", "type")
        assert "not taken: Files of this type are not taken" in page_of(desk, case)
        assert open_file(desk, case, kept).status_code == 404

    @pytest.mark.parametrize(
        ("state", "said_so"), [("pending", "waiting to be scanned"), ("infected", "holds malware, not opened")]
    )
    def test_what_is_not_known_to_be_clean_is_named_and_not_opened(self, desk, case, state, said_so):
        file = keep_file(content=PICTURE, name="x.png", interaction=case.entries.get().interaction)
        Attachment.objects.update(state=state)
        page = page_of(desk, case)
        assert said_so in page
        assert reverse("desk:file", args=[case.number, file.pk]) not in page
        assert open_file(desk, case, file).status_code == 404

    def test_a_file_of_another_case_is_not_there(self, desk, case, said, team):
        from tests.people import a_case

        other = a_case(team=team)
        file = keep_file(content=PICTURE, name="x.png", interaction=other.entries.get().interaction)
        assert open_file(desk, case, file).status_code == 404

    def test_a_file_that_is_lost_on_the_disk_is_not_there(self, desk, case, said):
        file = keep_file(content=PICTURE, name="x.png", interaction=said)
        file.file.storage.delete(file.file.name)
        assert open_file(desk, case, file).status_code == 404

    def test_another_teams_file_opens_and_the_look_is_recorded_once(self, as_user, joko, case, said):
        files = [keep_file(content=PICTURE, name="x.png", interaction=said) for _ in range(3)]
        client = as_user(joko)
        for file in files:
            assert open_file(client, case, file).getvalue() == PICTURE
        assert Event.objects.get(kind="case.looked").actor_id == joko.pk

    def test_a_stranger_is_sent_to_the_log_in_page(self, client, case, said):
        answer = open_file(client, case, keep_file(content=PICTURE, name="x.png", interaction=said))
        assert answer.url.startswith("/login/")


class TestMailsAsTheyWereLaidOut:
    @pytest.fixture
    def said(self, case):
        return actions.add_interaction(
            case=case, direction="in", channel="email", text="Halo", html='<p style="color:red">Halo</p>'
        )

    def test_the_text_is_shown_and_the_layout_on_demand(self, desk, case, said):
        page = page_of(desk, case)
        assert "As it was laid out" in page
        assert "color:red" not in page
        frame = desk.get(reverse("desk:layout", args=[case.number, said.pk])).content.decode()
        assert "sandbox src=" in frame

    def test_in_its_frame_nothing_runs_and_nothing_is_fetched(self, desk, case, said):
        answer = desk.get(reverse("desk:layout-page", args=[case.number, said.pk]))
        assert '<p style="color:red">Halo</p>' in answer.content.decode()
        policy = answer["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox;")
        assert answer["X-Frame-Options"] == "SAMEORIGIN"

    def test_another_teams_mail_is_a_recorded_look(self, as_user, joko, case, said):
        assert as_user(joko).get(reverse("desk:layout-page", args=[case.number, said.pk])).status_code == 200
        assert Event.objects.filter(kind="case.looked", actor_id=joko.pk).count() == 1

    def test_a_message_without_one_has_none(self, desk, case):
        plain = case.entries.get().interaction
        assert desk.get(reverse("desk:layout-page", args=[case.number, plain.pk])).status_code == 404


def test_files_cost_no_queries_of_their_own(desk, case):
    from tests.desk.test_pages import queries_of

    path, said = reverse("desk:case", args=[case.number]), case.entries.get().interaction
    few = queries_of(desk, path, **HTMX)
    for number in range(8):
        keep_file(content=PICTURE, name=f"{number}.png", interaction=said)
    assert queries_of(desk, path, **HTMX) == few
