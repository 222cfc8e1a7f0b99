from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from crm.events.models import Event
from crm.messaging.models import Letter
from crm.messaging.outbox import send_due
from crm.staff.models import Role, User
from tests.messaging.conftest import Queue
from tests.people import a_member


@pytest.fixture
def letter(settings: Settings, tmp_path: Path, queue: Queue) -> Letter:
    settings.MEDIA_ROOT = tmp_path
    queue(channel="letter", recipient="Jl. Merpati 3\nBandung 40115", subject="Gangguan sinyal")
    send_due(batches=1)
    return Letter.objects.get()


def test_an_agent_prints_and_posts_their_own_letter(client: Client, sari: User, letter: Letter) -> None:
    client.force_login(sari)
    assert "Gangguan sinyal" in client.get("/letters/").content.decode()
    pdf = client.get(f"/letters/{letter.pk}.pdf")
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")
    client.post(f"/letters/{letter.pk}/")
    assert "Gangguan sinyal" in client.get("/letters/?state=posted").content.decode()
    letter.refresh_from_db()
    assert letter.posted_by == sari


def test_who_opened_a_letter_is_kept(client: Client, sari: User, letter: Letter) -> None:
    client.force_login(sari)
    client.get(f"/letters/{letter.pk}.pdf")
    assert Event.objects.get(kind="letter.opened").actor_id == sari.pk


def test_the_list_shows_the_town_and_not_the_street(client: Client, sari: User, letter: Letter) -> None:
    client.force_login(sari)
    html = client.get("/letters/").content.decode()
    assert "Bandung 40115" in html
    assert "Merpati" not in html


def test_a_supervisor_posts_anybodys_letter(client: Client, letter: Letter) -> None:
    client.force_login(a_member("Budi", Role.SUPERVISOR))
    assert client.get(f"/letters/{letter.pk}.pdf").status_code == 200


@pytest.mark.parametrize("role", [Role.AGENT, Role.QUALITY, Role.DIVISION])
def test_a_colleague_finds_neither_letter_nor_file(client: Client, letter: Letter, role: Role) -> None:
    client.force_login(a_member("Dewi", role))
    assert list(client.get("/letters/").context["rows"]) == []
    assert client.get(f"/letters/{letter.pk}.pdf").status_code == 404
    assert client.post(f"/letters/{letter.pk}/").status_code == 404
    letter.refresh_from_db()
    assert letter.posted_at is None
    assert not Event.objects.filter(kind="letter.opened").exists()


def test_a_stranger_gets_no_letter(client: Client, letter: Letter) -> None:
    assert client.get(f"/letters/{letter.pk}.pdf").status_code == 302
    assert client.get(letter.file.url).status_code == 404


def test_a_letter_whose_file_is_gone_is_not_found(client: Client, sari: User, letter: Letter) -> None:
    letter.file.storage.delete(letter.file.name)
    client.force_login(sari)
    assert client.get(f"/letters/{letter.pk}.pdf").status_code == 404


def test_the_tray_costs_the_same_whatever_its_length(
    client: Client, sari: User, letter: Letter, queue: Queue, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    def cost(letters: int) -> int:
        for _each in range(letters):
            queue(channel="letter", recipient="Jl. Merpati 3\nBandung 40115")
        send_due(batches=1)
        with django_assert_max_num_queries(12) as queries:
            client.get("/letters/")
        return len(queries)

    client.force_login(sari)
    cost(0)
    assert cost(0) == cost(3)
