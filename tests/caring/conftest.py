import pytest

from caring.defaults import ensure_programme
from crm.cases.defaults import ensure_policy


@pytest.fixture
def programme(db: None) -> None:
    ensure_policy()
    ensure_programme()
