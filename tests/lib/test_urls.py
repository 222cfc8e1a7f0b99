"""Addresses of servers, as the settings read them."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from crm.lib.urls import cache_beside, database_from_url


def test_the_cache_lies_beside_the_broker() -> None:
    assert cache_beside("redis://:secret@127.0.0.1:6379/0") == "redis://:secret@127.0.0.1:6379/1"
    assert cache_beside("redis://valkey:6379") == "redis://valkey:6379/1"


def test_a_broker_without_a_number_is_named() -> None:
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL"):
        cache_beside("redis://valkey:6379/queues")


def test_a_database_may_be_reached_by_a_socket() -> None:
    found = database_from_url("postgresql://sapa@/sapa?host=/run/pg")
    assert (found["HOST"], found["NAME"], found["USER"], found["PORT"]) == ("/run/pg", "sapa", "sapa", "")


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        database_from_url("mysql://root@localhost/sapa")
