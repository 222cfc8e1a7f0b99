"""What a worker makes of a load that breaks off: taken up later, or failed with a sentence."""

import pytest
from django.db import IntegrityError, InterfaceError, OperationalError

from crm.billing import tasks
from crm.billing.actions import begin_load
from tests.billing.files import BILLS, HEAD

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("fault", "state"), [(OperationalError, "queued"), (InterfaceError, "queued"), (IntegrityError, "failed")]
)
def test_a_database_that_is_away_is_waited_for_and_what_can_never_be_written_fails(tmp_path, monkeypatch, fault, state):
    path = tmp_path / "facts.csv"
    path.write_text(HEAD)
    load = begin_load(path=path, mapping=BILLS, by=None)

    def broken(*_given):
        raise fault

    monkeypatch.setattr(tasks, "run_load", broken)
    if state == "failed":
        tasks.run_billing_load(load.pk)
    else:
        with pytest.raises(fault):
            tasks.run_billing_load(load.pk)
    load.refresh_from_db()
    assert (load.state, bool(load.error)) == (state, state == "failed")
