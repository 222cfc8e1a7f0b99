"""The pictures of docs/desk.md and docs/supervisors.md, taken from a running demo.

    make run                       in another terminal
    .venv/bin/python .ci/pictures.py http://127.0.0.1:8000

Writes docs/pictures/*.png: 1280 x 800, light, English, few colours, so that they stay small.
"""

import io
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
PASSWORD = "sapa-demo-2026"
COLOURS = 128
Shot = Callable[[Page], None]


def palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("rina", delay=40)
    page.wait_for_timeout(600)


def canned(page: Page) -> None:
    page.locator("#draft").fill("")
    page.keyboard.type("/", delay=40)
    page.wait_for_timeout(600)


def guard(page: Page) -> None:
    page.locator("#draft").fill("")
    page.locator("#draft").fill("Selamat siang, mohon maaf atas gangguannya. Kami kabari lagi besok pukul 10.00.")
    page.wait_for_timeout(1500)


def chosen(page: Page) -> None:
    page.locator("#rows a[data-case]").first.focus()
    for key in "xjxjx":
        page.keyboard.press(key)
    page.wait_for_timeout(500)


def keys(page: Page) -> None:
    page.locator("#rows").focus()
    page.keyboard.press("?")
    page.wait_for_timeout(500)


def nothing(_page: Page) -> None:
    """The page as it opens."""


# name: (who, where, what is done there first)
SHOTS: dict[str, tuple[str, str, Shot]] = {
    "desk": ("sari", "/desk/?queue=all", nothing),
    "guard": ("sari", "/desk/?queue=mine", guard),
    "canned": ("sari", "/desk/?queue=mine", canned),
    "palette": ("sari", "/desk/?queue=all", palette),
    "bulk": ("ratna", "/desk/?queue=all", chosen),
    "keys": ("sari", "/desk/?queue=all", keys),
    "wallboard": ("ratna", "/wallboard/", nothing),
    "breach": ("ratna", "/breaches/", nothing),
    "team": ("ratna", "/team/", nothing),
    "problems": ("ratna", "/problems/", nothing),
    "promises": ("ratna", "/promises/?state=all", nothing),
    "policy": ("ratna", "/settings/policies/", nothing),
    "reports": ("ratna", "/reports/", nothing),
}


def main(base: str, *wanted: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as driver:
        chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for user in ("sari", "ratna"):
            with signed_in(browser, base, user) as page:
                for name, (who, where, first) in SHOTS.items():
                    if who == user and (not wanted or name in wanted):
                        take(page, name, where, first)
        browser.close()


@contextmanager
def signed_in(browser: Browser, base: str, user: str) -> Iterator[Page]:
    shape = {"width": 1280, "height": 800}
    page = browser.new_page(base_url=base, viewport=shape, locale="en-US", reduced_motion="reduce")  # type: ignore[arg-type]
    page.goto("/login/")
    page.fill("input[name=username]", user)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_load_state()
    yield page
    page.context.close()


def take(page: Page, name: str, where: str, first: Shot) -> None:
    page.goto(where)
    page.wait_for_timeout(800)
    first(page)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    picture.save(PICTURES / f"{name}.png", optimize=True)
    print(f"{name}: {(PICTURES / f'{name}.png').stat().st_size // 1024} KB")


if __name__ == "__main__":
    main(*sys.argv[1:])
