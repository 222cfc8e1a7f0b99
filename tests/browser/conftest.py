"""Chromium against a served product: pages by a live server, live updates and clocks by processes of their own."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from crm.cases.defaults import ensure_policy
from crm.staff.models import User
from tests.processes import free_port, live_process

Live = tuple[subprocess.Popen[bytes], int]
PASSWORD = "a-long-enough-secret"  # of people who exist for one test
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
NAMES = ("chromium", "chromium-browser", "google-chrome", MAC)
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), "")
SKIPPED = pytest.mark.skipif(not CHROMIUM and os.environ.get("CI") != "true", reason="Chromium is missing")
SHELL_ARGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run"]
WORKING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND (state LIKE 'idle in transaction%' OR state = 'active' AND query NOT LIKE '%pg_stat_activity%')"
)
PATIENCE = 30_000  # milliseconds that a busy machine may take for what takes half a second
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(SKIPPED)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright's loop runs on this thread; Django would take the tests' own queries for asynchronous ones.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=SHELL_ARGS)
        yield chromium
        chromium.close()


@pytest.fixture(autouse=True)
def _quick_hashes(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def address(live_server: LiveServer) -> str:
    return live_server.url.replace("localhost", "127.0.0.1")


@pytest.fixture(scope="module")
def run_live(django_db_setup: None, live_server: LiveServer) -> Iterator[Callable[[str], Live]]:
    """The process of live updates and its port, one for the tests of a file: a new one when it was killed."""
    with ExitStack() as stack:
        started: list[Live] = []

        def run(address: str) -> Live:
            if not started or started[-1][0].poll() is not None:
                port = free_port()
                started.append((stack.enter_context(live_process(port, address)), port))
            return started[-1]

        yield run


@pytest.fixture
def live(
    transactional_db: None, run_live: Callable[[str], Live], address: str, settings: Settings
) -> subprocess.Popen[bytes]:
    """The process of live updates; settings.LIVE_URL says where it listens."""
    ensure_policy()
    process, port = run_live(address)
    settings.ALLOWED_HOSTS = ["*"]
    settings.LIVE_URL = f"http://127.0.0.1:{port}/live/"
    policy: dict[str, Any] = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    directives = policy | {"connect-src": ["'self'", f"http://127.0.0.1:{port}"]}
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": directives}
    return process


@pytest.fixture
def site(address: str, live: subprocess.Popen[bytes]) -> str:
    """The served product, live updates included. Returns its address."""
    return address


@pytest.fixture
def desk_of(browser: Browser, site: str) -> Iterator[Any]:
    """`desk_of(sari)` is a page on which Sari has signed in; `desk_of(sari, theme="dark")` likewise."""
    contexts = []

    def sign_in(user: User, theme: str = "light", language: str = "en-US", **shape: Any) -> Page:
        user.set_password(PASSWORD)
        user.save()
        context = browser.new_context(base_url=site, color_scheme=theme, locale=language, **shape)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto("/login/")
        page.fill("input[name=username]", user.username)
        page.fill("input[name=password]", PASSWORD)
        page.click("button[type=submit]")
        page.wait_for_load_state()
        return page

    yield sign_in
    for context in contexts:
        context.close()
    until_nobody_works()


def until_nobody_works(seconds: float = 60) -> None:
    """A request that a closed page left behind must be over before the tables are emptied."""
    deadline = time.monotonic() + seconds
    with connection.cursor() as cursor:
        cursor.execute(WORKING)
        while cursor.fetchone() != (0,) and time.monotonic() < deadline:
            time.sleep(0.05)
            cursor.execute(WORKING)
