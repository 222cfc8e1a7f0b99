import pytest

from caring.defaults import ensure_programme
from caring.models import ContactPolicy
from crm.cases.defaults import ensure_policy


@pytest.fixture
def programme(db: None) -> None:
    ensure_policy()
    ensure_programme()
    ContactPolicy.objects.update(hold_out_per_mille=0)  # tests that are about it say so
