"""Files before ClamAV's real daemon, by the product's own worker."""

import tempfile
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from pytest_django import Settings

from crm.cases.models import Case
from crm.staff.models import User
from crm.timeline import scanner
from crm.timeline.attachments import keep_file
from crm.timeline.models import Attachment
from crm.timeline.scanning import scan_pending
from tests.channels.clamav import clamd
from tests.channels.conftest import need
from tests.people import a_case
from tests.processes import celery_worker
from tests.timeline.clamd import EICAR
from tests.timeline.files import PDF, picture


@pytest.fixture
def addresses() -> Iterator[tuple[str, str]]:
    # a socket's path must be short
    with tempfile.TemporaryDirectory() as home, clamd(need("clamd"), Path(home)) as both:
        yield both


@pytest.fixture
def case(sari: User, settings: Settings, tmp_path: Path) -> Case:
    settings.MEDIA_ROOT = tmp_path / "files"
    return a_case()


@pytest.mark.parametrize("way", [0, 1])
def test_clean_and_infected_are_told_apart_by_port_and_by_socket(
    addresses: tuple[str, str], case: Case, settings: Settings, way: int
) -> None:
    settings.CLAMD_URL = addresses[way]
    said = case.entries.get().interaction
    for name, content in (("a.png", picture("PNG")), ("a.pdf", PDF), ("a.txt", b"Halo\n" + EICAR)):
        keep_file(content=content, name=name, interaction=said)
    assert scan_pending() == 3
    states = dict(Attachment.objects.values_list("name", "state"))
    assert states == {"a.png": "clean", "a.pdf": "clean", "a.txt": "infected"}
    # clamd marks what comes from a database of one's own
    assert Attachment.objects.get(name="a.txt").finding.startswith("Eicar-Signature")


def test_what_is_larger_than_it_takes_waits_and_says_so(addresses: tuple[str, str], settings: Settings) -> None:
    settings.CLAMD_URL = addresses[0]
    with pytest.raises(scanner.Unscannable):
        scanner.scan(BytesIO(bytes(3_000_000)))


def test_a_worker_scans_a_file_as_soon_as_it_is_kept(
    addresses: tuple[str, str], case: Case, settings: Settings, tmp_path: Path
) -> None:
    settings.CLAMD_URL = addresses[0]
    home = {"CLAMD_URL": addresses[0], "SAPA_HOME": str(tmp_path)}
    with celery_worker("default", "--pool=threads", "--concurrency=1", **home):
        kept = keep_file(content=b"Halo\n" + EICAR, name="a.txt", interaction=case.entries.get().interaction)
        deadline = time.monotonic() + 60
        while Attachment.objects.get(pk=kept.pk).state == "pending":
            assert time.monotonic() < deadline, "nobody scanned it"
            time.sleep(0.05)
    assert Attachment.objects.get(pk=kept.pk).state == "infected"
