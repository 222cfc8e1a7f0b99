"""How long a case takes to open from the list, as its agent sees it, in Chromium on a running demo.

    make run                       in another terminal
    .venv/bin/python .ci/opening.py http://127.0.0.1:8000 [user] [password]

From the key to the painted conversation, over every row of the list; and whether anything jumped (layout shift).
"""

import os
import shutil
import statistics
import sys

from playwright.sync_api import Page, sync_playwright

ROWS = 20
MEASURE = """async (number) => {
  const row = document.querySelector(`#rows a[data-case="${number}"]`), began = performance.now();
  const opened = new Promise((done) => document.addEventListener("htmx:after:swap", function hear(event) {
    if (event.detail?.ctx?.target?.id !== "opened") return;
    document.removeEventListener("htmx:after:swap", hear);
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - began)));
  }));
  row.click();
  return opened;
}"""
SHIFTS = """() => { window.shift = 0; new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.shift += one.value;
}).observe({ type: "layout-shift", buffered: true }); }"""


def main(base: str, user: str = "ratna", password: str = "sapa-demo-2026") -> None:
    with sync_playwright() as driver:
        chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(base_url=base, viewport={"width": 1440, "height": 900})
        sign_in(page, user, password)
        page.goto("/desk/?queue=all")
        page.evaluate(SHIFTS)
        numbers = page.eval_on_selector_all("#rows a[data-case]", "rows => rows.map((row) => row.dataset.case)")[:ROWS]
        page.evaluate(MEASURE, numbers[0])  # fonts, connections
        times = sorted(page.evaluate(MEASURE, number) for number in numbers)
        print(
            f"{len(times)} cases opened: median {statistics.median(times):.0f} ms, slowest {times[-1]:.0f} ms, "
            f"layout shift {page.evaluate('window.shift'):.3f}"
        )
        browser.close()


def sign_in(page: Page, user: str, password: str) -> None:
    page.goto("/login/")
    page.fill("input[name=username]", user)
    page.fill("input[name=password]", password)
    page.click("button[type=submit]")
    page.wait_for_load_state()


if __name__ == "__main__":
    main(*sys.argv[1:])
