"""For every test. The servers come up with the settings (crm/lib/embedded)."""

import os

import pytest
from pytest_django import Settings

# Tests may lose what a power cut would lose; nothing else depends on it.
os.environ.setdefault("PGOPTIONS", "-c synchronous_commit=off")


@pytest.fixture(autouse=True)
def _lazy_static_files(settings: Settings) -> None:
    """Each test client builds the middleware anew: look static files up when asked for, not all of them at once."""
    settings.WHITENOISE_AUTOREFRESH = True
