import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone, translation

from crm.lib import display

TIMES = json.loads((Path(__file__).parent.parent / "js" / "times.json").read_text())
AT_DAWN = datetime(2026, 11, 21, 22, 5, tzinfo=UTC)


@pytest.mark.parametrize(("name", "row"), [(name, row) for name, rows in TIMES.items() for row in rows])
def test_the_server_writes_a_time_as_the_browser_does(name, row):
    seconds, english, indonesian = row
    say = getattr(display, name)
    with translation.override("en"):
        assert say(seconds) == english
    with translation.override("id"):
        assert say(seconds) == indonesian


@pytest.mark.parametrize(
    ("seconds", "english", "indonesian"),
    [
        (22, "0:22", "0:22"),
        (192, "3:12", "3:12"),
        (3599.6, "1 h 00", "1 jam 00"),
        (34_800, "9 h 40", "9 jam 40"),
        (208_800, "58 h", "58 jam"),
        (442_800, "5 d 3 h", "5 hr 3 jam"),
    ],
)
def test_a_report_says_how_long_something_took(seconds, english, indonesian):
    with translation.override("en"):
        assert display.duration(seconds) == english
    with translation.override("id"):
        assert display.duration(seconds) == indonesian


@pytest.mark.parametrize(
    ("seconds", "english", "indonesian"),
    [(-5, "now", "baru"), (59, "now", "baru"), (660, "11m", "11m"), (7_300, "2h", "2j"), (260_000, "3d", "3hr")],
)
def test_a_row_says_how_long_ago_in_three_letters(seconds, english, indonesian):
    with translation.override("en"):
        assert display.age(seconds) == english
    with translation.override("id"):
        assert display.age(seconds) == indonesian


@pytest.mark.parametrize("language", ["en", "id"])
def test_numbers_are_grouped_the_indonesian_way_in_both_languages(language):
    with translation.override(language):
        assert display.grouped(1234567) == "1.234.567"
        assert display.grouped(Decimal("1234.55"), 1) == "1.234,6"
        assert display.rupiah(1234567) == "Rp\u00a01.234.567"
        assert display.rupiah(Decimal("-5000")) == "−Rp\u00a05.000"
        assert display.percent(96.44) == "96,4\u00a0%"


def test_an_agent_in_jayapura_reads_her_own_clock():
    with timezone.override("Asia/Jayapura"), translation.override("id"):
        assert display.moment(AT_DAWN) == "22 Nov 2026, 07.05 WIT"
    with timezone.override("Asia/Jakarta"), translation.override("en"):
        assert display.moment(AT_DAWN) == "22 Nov 2026, 05:05 WIB"


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Sari Wulandari", "SW"), ("I Made Wirawan", "IW"), ("@tanah_abang77", "T"), ("", "?"), ("… !", "?")],
)
def test_an_avatar_shows_first_and_last_initial(name, letters):
    assert display.initials(name) == letters
