"""The style sheets as the image serves them: each in one piece, and small."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
IMPORT = re.compile(r"@import\s*[^;]*;")
FONT = '@import"../vendor/font/index.css";'


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("css")
    subprocess.run([ROOT / ".ci" / "bundle", folder], check=True)
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.css")}


def test_nothing_is_fetched_piece_by_piece(bundled: dict[str, str]) -> None:
    left = {name: IMPORT.findall(text) for name, text in bundled.items()}
    assert {name: found for name, found in left.items() if found} == {"sapa.css": [FONT]}


def test_every_page_has_its_sheet(bundled: dict[str, str]) -> None:
    ours = {path.relative_to(ROOT / "static" / "css").as_posix() for path in (ROOT / "static/css/pages").glob("*.css")}
    assert bundled.keys() == ours | {"sapa.css"}


def test_what_every_page_loads_is_small(bundled: dict[str, str]) -> None:
    """Tabler alone has 635 kB; of it .ci/tabler.txt names what is used."""
    assert len(bundled["sapa.css"]) < 100_000


def test_the_parts_that_we_take_of_tabler_are_there(bundled: dict[str, str]) -> None:
    assert all(f".{name}{{" in bundled["sapa.css"] for name in ("btn", "card", "form-control", "form-select"))


def test_what_hides_the_tick_of_a_row_hides_nothing_else(bundled: dict[str, str]) -> None:
    """Reviews and the team room have a .pick of their own on a page that loads the desk's sheet."""
    assert ".rows .pick{" in bundled["pages/desk.css"]
    assert not re.findall(r"[},]\.pick[{:,]", bundled["pages/desk.css"])
