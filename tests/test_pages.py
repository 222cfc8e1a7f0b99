"""What every page keeps to: a strict content security policy, one file of colours, icons that exist."""

import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string

from crm.lib.templatetags.crm_ui import CHANNEL_ICONS, TENSE_ICONS

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = sorted((ROOT / "static" / "css").rglob("*.css"))
INLINE = re.compile(r"""\sstyle=|\son[a-z]+=|hx-on|<style|<script(?![^>]*(\ssrc=|type="application/json"))""")
TAG = re.compile(r"{%.*?%}", re.DOTALL)
RAW_COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\b(rgb|rgba|hsl|oklch)\(", re.IGNORECASE)
ICON = re.compile(r"""{%\s*icon\s+["']([a-z0-9-]+)["']""")
GIVEN = re.compile(r"""icon_name=["']([a-z0-9-]+)["']""")
MAIL = "mail"  # letters to people's mailboxes are no pages


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", [p for p in TEMPLATES if MAIL not in p.parts], ids=named)
def test_no_page_has_inline_script_or_style(page):
    """Within the server's tags a name such as `one=` is no handler."""
    assert not INLINE.search(TAG.sub("", page.read_text()))


@pytest.mark.parametrize("sheet", [s for s in STYLES if s.name != "tokens.css"], ids=named)
def test_only_the_tokens_name_a_colour(sheet):
    assert not RAW_COLOUR.search(sheet.read_text())


def test_every_icon_is_in_the_sprite():
    sprite = (ROOT / "static" / "vendor" / "icons.svg").read_text()
    used = {name for page in TEMPLATES for name in ICON.findall(page.read_text()) + GIVEN.findall(page.read_text())}
    chosen = {*CHANNEL_ICONS.values(), *TENSE_ICONS.values(), *(ROOT / ".ci" / "icons.txt").read_text().split()}
    missing = {name for name in used | chosen if f'id="{name}"' not in sprite}
    assert not missing, "python .ci/vendor.py"


@pytest.mark.parametrize("code", [400, 403, 404, 429, 500])
def test_an_error_page_needs_neither_request_nor_database(code):
    page = render_to_string(f"{code}.html")
    assert f'<p class="code num">{code}</p>' in page
    assert 'data-bs-theme="auto"' in page
