"""Channels against real servers of others, and the product's own processes on the test's database.

Run by `make test-channels`; .ci/channels installs the servers. Each listens on ports of its own and keeps its data in a
folder that goes with it, so that nothing on this machine is touched.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pytest_django import Settings

from crm.cases.defaults import ensure_policy
from crm.staff.models import User
from tests.channels.dovecot import Dovecot, dovecot
from tests.channels.relay import Relay, relay
from tests.people import a_member, a_team
from tests.processes import celery_worker

HERE = Path(__file__).parent
# Where Debian keeps what is not for everybody's PATH.
PATHS = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])


@pytest.hookimpl(tryfirst=True)  # before pytest chooses by marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.channels)


def need(program: str) -> str:
    """Where a program of others lies. Without it the test is skipped, but never in CI."""
    found = shutil.which(program, path=PATHS)
    if found is None:
        assert os.environ.get("CI") != "true", f"{program} is missing"
        pytest.skip(f"{program} is missing")
    return found


@pytest.fixture
def sari(transactional_db: None) -> User:
    ensure_policy()
    return a_member(teams=(a_team(),))


@pytest.fixture
def workers(sari: User, tmp_path: Path) -> Iterator[ExitStack]:
    """A worker with beat in it, as in production; what is entered into it ends with the test, the last one first."""
    beat = ("--beat", f"--schedule={tmp_path / 'beat'}")
    with ExitStack() as stack:
        stack.enter_context(celery_worker("inbox,outbox,default", "--pool=threads", "--concurrency=4", *beat))
        yield stack


@pytest.fixture
def mailboxes() -> Iterator[Dovecot]:
    """A real IMAP server: everybody has a mailbox there."""
    with dovecot(need("dovecot")) as server:
        yield server


@pytest.fixture
def outside(mailboxes: Dovecot, settings: Settings) -> Iterator[Relay]:
    """The mail server of the rest of the world: what is sent to it lies in somebody's mailbox a moment later."""
    with relay(mailboxes) as server:
        yield server
