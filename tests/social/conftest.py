from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crm.cases.defaults import ensure_policy
from crm.messaging.models import Connection
from social.actions import begin_import
from social.csvfile import summarise
from social.importing import run_import
from social.models import PostImport
from social.storing import account_named
from tests.simulators.x import XSimulator, x_simulator
from tests.social.rows import Row, write
from tests.social.x import connect

Import = Callable[..., PostImport]


@pytest.fixture
def import_rows(db: None, tmp_path: Path) -> Import:
    """Import rows (or a file) into the account @Sapa on X, as the command does."""

    def run(rows: list[Row] | Path, *, account: str = "Sapa", replay: bool = False) -> PostImport:
        ensure_policy()
        path = rows if isinstance(rows, Path) else write(tmp_path / "posts.csv", rows)
        begun = begin_import(
            account=account_named("x", account), file_name=path.name, summary=summarise(path), replay=replay, by=None
        )
        return run_import(begun, path)

    return run


@pytest.fixture
def policy(db: None) -> None:
    ensure_policy()


@pytest.fixture(scope="session")
def _x(tmp_path_factory: pytest.TempPathFactory) -> Iterator[XSimulator]:
    with x_simulator(tmp_path_factory.mktemp("x")) as running:
        yield running


@pytest.fixture
def x(_x: XSimulator) -> XSimulator:
    _x.tell("calm")
    return _x


@pytest.fixture
def connection(policy: None, x: XSimulator) -> Connection:
    """Our account on the simulator; its webhook is not registered, tests carry the events themselves."""
    return connect(x)
