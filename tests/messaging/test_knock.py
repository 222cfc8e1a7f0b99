from time import monotonic

import pytest
from celery import Celery
from django.conf import settings
from django.db import connection

from crm.messaging import knock
from crm.messaging.models import Message
from tests.messaging.conftest import Counterpart, Queue
from tests.processes import free_port


@pytest.mark.django_db(transaction=True)
def test_an_answer_is_kept_at_once_when_the_broker_is_away(
    network: Counterpart, queue: Queue, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("CELERY_BROKER_URL", raising=False)  # Celery would rather believe it
    away = Celery(broker=f"redis://127.0.0.1:{free_port()}/0", set_as_current=False)
    away.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    monkeypatch.setattr(knock, "current_app", away)
    began = monotonic()
    message = queue()
    assert monotonic() - began < 3  # Celery's own patience is six seconds
    assert not connection.in_atomic_block
    assert Message.objects.get() == message
    assert "the broker is away" in caplog.text
