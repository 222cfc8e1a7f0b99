"""No file outlives what it belonged to."""

import datetime as dt
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from crm.timeline.attachments import keep_file
from crm.timeline.loose import forget_orphans

pytestmark = pytest.mark.django_db


def test_a_file_whose_row_was_rolled_back_is_swept_and_every_other_stays(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    kept = keep_file(content=b"sinyal hilang\n", name="kept.txt")
    with transaction.atomic():
        lost = keep_file(content=b"nomor saya\n", name="lost.txt")
        transaction.set_rollback(True)
    assert forget_orphans(before=timezone.now() - dt.timedelta(days=1)) == 0, "it may be part of what still runs"
    assert forget_orphans(before=timezone.now() + dt.timedelta(seconds=5)) == 1
    assert (default_storage.exists(kept.file.name), default_storage.exists(lost.file.name)) == (True, False)
