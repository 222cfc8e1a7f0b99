"""Giving up an old key: all that is sealed goes under the new one first."""

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from pytest_django import Settings

from crm.customers.identifying import reveal_paper, save_paper
from crm.customers.merging import merge_customers, proof_of
from crm.customers.search import find_by_paper
from crm.lib import resealing
from crm.lib.sealed import Unreadable
from crm.messaging.models import Connection
from tests.people import a_customer, a_member

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


def test_papers_and_merges_outlive_the_old_key(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resealing, "BATCH", 2)
    settings.SEALING_KEYS = ["old"]
    ratna = a_member("Ratna Kusumaningrum", "supervisor")
    people = {f"B12345670{n}": a_customer(f"Rina {n}") for n in range(5)}
    papers = [save_paper(customer=rina, kind="passport", number=number, by=ratna) for number, rina in people.items()]
    merge = merge_customers(
        survivor=people["B123456700"], absorbed=a_customer("R."), chosen={}, by=ratna, proof="Called back."
    )

    settings.SEALING_KEYS = ["new", "old"]
    call_command("reseal_secrets", stdout=StringIO())
    settings.SEALING_KEYS = ["new"]

    merge.refresh_from_db()
    assert proof_of(merge) == "Called back."
    for (number, rina), paper in zip(people.items(), papers, strict=True):
        paper.refresh_from_db()
        assert reveal_paper(paper=paper, by=ratna, reason="Asked at the counter") == number
        assert find_by_paper(number) == [rina.pk]


def test_every_sealed_field_is_resealed() -> None:
    sealed = {model for model in apps.get_models() if any(field.name == "sealed" for field in model._meta.fields)}
    assert sealed == set(resealing._holders)
