"""Giving up an old key: every connection's secrets under the new one first."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from crm.lib.sealed import Unreadable
from crm.messaging.models import Connection

pytestmark = pytest.mark.django_db


def sealed_with(settings: Settings, *keys: str, account: str) -> None:
    settings.SEALING_KEYS = list(keys)
    connection = Connection(channel="x", account=account)
    connection.secrets = {"token": f"of {account}"}
    connection.save()


def test_after_resealing_the_old_key_is_not_needed(settings: Settings) -> None:
    sealed_with(settings, "old", account="Sapa")
    settings.SEALING_KEYS = ["new", "old"]
    call_command("reseal_secrets", stdout=StringIO())
    settings.SEALING_KEYS = ["new"]
    assert Connection.objects.get().secrets == {"token": "of Sapa"}


def test_what_no_key_opens_is_named_and_the_others_are_resealed(settings: Settings) -> None:
    sealed_with(settings, "lost", account="Lost")
    sealed_with(settings, "old", account="Sapa")
    settings.SEALING_KEYS = ["new", "old"]
    with pytest.raises(CommandError, match="Lost"):
        call_command("reseal_secrets", stdout=StringIO())
    settings.SEALING_KEYS = ["new"]
    assert Connection.objects.get(account="Sapa").secrets == {"token": "of Sapa"}
    with pytest.raises(Unreadable):
        assert Connection.objects.get(account="Lost").secrets
