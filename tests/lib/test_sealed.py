"""Secrets that people typed: opened by whoever has the key, by nobody else."""

import pytest
from pytest_django import Settings

from crm.lib.sealed import Unreadable, reseal, seal, unseal

TOKEN = {"token": "rahasia sekali"}


def test_what_was_sealed_opens_again_and_does_not_show() -> None:
    sealed = seal(TOKEN)
    assert unseal(sealed) == TOKEN
    assert "rahasia" not in sealed
    assert seal(TOKEN) != sealed
    assert unseal("") == {}


@pytest.mark.parametrize("key", ["SEALING_KEYS", "SECRET_KEY"])
def test_with_another_key_nobody_reads_it(settings: Settings, key: str) -> None:
    settings.SEALING_KEYS = ["old key"] if key == "SEALING_KEYS" else []
    sealed = seal(TOKEN)
    setattr(settings, key, ["new key"] if key == "SEALING_KEYS" else "new key")
    with pytest.raises(Unreadable):
        unseal(sealed)


@pytest.mark.parametrize("broken", ["no seal at all", "gAAAAAB", "\x00", "é"])
def test_what_is_no_seal_is_unreadable(broken: str) -> None:
    with pytest.raises(Unreadable):
        unseal(broken)


def test_a_new_key_before_the_old_one_opens_both_and_seals_with_the_new(settings: Settings) -> None:
    settings.SEALING_KEYS = ["old key"]
    old = seal(TOKEN)
    settings.SEALING_KEYS = ["new key", "old key"]
    assert unseal(old) == TOKEN
    fresh = reseal(old)
    settings.SEALING_KEYS = ["new key"]
    assert unseal(fresh) == TOKEN
    with pytest.raises(Unreadable):
        reseal(old)


def test_djangos_own_fallback_keys_open_as_well(settings: Settings) -> None:
    settings.SEALING_KEYS, settings.SECRET_KEY = [], "old key"
    sealed = seal(TOKEN)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new key", ["old key"]
    assert unseal(sealed) == TOKEN
