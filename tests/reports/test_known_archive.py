"""The figures that the real archive is known to have. Its text stays outside the repository."""

import json
import os
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

DATA = Path(os.environ.get("SAPA_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
ARCHIVE = DATA / "telkomsel_mentions" / "telkomsel_2024-10.csv"


@pytest.mark.django_db
@pytest.mark.skipif(not ARCHIVE.exists(), reason="SAPA_DATA does not hold telkomsel_mentions/telkomsel_2024-10.csv")
def test_the_archive_of_october_2024_has_the_figures_that_are_known_of_it() -> None:
    call_command("import_posts", ARCHIVE, network="x", account="Telkomsel", replay=True, stdout=StringIO())
    out = StringIO()
    call_command("sla_report", account="Telkomsel", json=True, stdout=out)
    found = json.loads(out.getvalue())
    assert {name: found[name] for name in ("answered", "median_minutes", "p90_minutes", "within_15_percent")} == {
        "answered": 268, "median_minutes": 3.1, "p90_minutes": 29.8, "within_15_percent": 85.8,
    }  # fmt: skip
    assert found["addressed"] == {
        "answered": 218, "median_minutes": 2.7, "p90_minutes": 7.4, "within_15_percent": 94.5,
        "unanswered": 99, "total": 288, "within_15_of_due_percent": 62.5,
    }  # fmt: skip
