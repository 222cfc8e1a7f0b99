"""The environment, and the files it may name instead of a secret."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from crm.lib import env
from crm.lib.embedded import SERVERS, ensure_servers
from crm.lib.urls import database_from_url

pytestmark = pytest.mark.usefixtures("_no_secret")


@pytest.fixture
def _no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SECRET_KEY", "SECRET_KEY_FILE", "SEALING_KEYS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "secret_key"
    path.write_text("of-a-file\n")
    monkeypatch.setenv("SECRET_KEY_FILE", str(path))
    return path


def test_a_secret_may_lie_in_a_file(secret: Path) -> None:
    assert env.required("SECRET_KEY") == "of-a-file"


def test_a_list_of_keys_may_lie_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "keys").write_text("new, old\n")
    monkeypatch.setenv("SEALING_KEYS_FILE", str(tmp_path / "keys"))
    assert env.words("SEALING_KEYS") == ["new", "old"]


def test_two_sources_for_one_secret_stop_the_start(secret: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "of-the-environment")
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY and SECRET_KEY_FILE") as refused:
        env.text("SECRET_KEY")
    assert "of-a-file" not in str(refused.value)
    assert "of-the-environment" not in str(refused.value)


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_stops_the_start(secret: Path, content: bytes | None) -> None:
    secret.unlink() if content is None else secret.write_bytes(content)
    with pytest.raises(ImproperlyConfigured, match=r"SECRET_KEY_FILE names .* cannot be read"):
        env.text("SECRET_KEY", "a default must not hide it")


def test_an_empty_file_is_no_secret(secret: Path) -> None:
    secret.write_text(" \n")
    assert env.text("SECRET_KEY") == ""
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY must be set"):
        env.required("SECRET_KEY")


def test_the_password_of_the_database_may_stand_apart_and_hold_anything() -> None:
    assert database_from_url("postgresql://sapa@postgres/sapa", "p@ss/w%rd")["PASSWORD"] == "p@ss/w%rd"
    assert database_from_url("postgresql://sapa:own@postgres/sapa", "another")["PASSWORD"] == "own"


def test_a_database_named_by_a_file_needs_no_embedded_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """`make run` against a database whose address is a secret."""
    started: list[str] = []
    monkeypatch.setattr("crm.lib.embedded._join", lambda name: started.append(name) or "redis://somewhere/0")
    for name in SERVERS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("crm.lib.embedded._exported", {})
    monkeypatch.setenv("DATABASE_URL_FILE", "/run/secrets/database_url")
    ensure_servers()
    assert started == ["REDIS_URL"]


def test_networks_are_read_and_a_slip_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [str(one) for one in env.networks("SMS_PEERS", "127.0.0.0/8, ::1")] == ["127.0.0.0/8", "::1/128"]
    monkeypatch.setenv("SMS_PEERS", "10.1.2.3/24")
    assert str(env.networks("SMS_PEERS", "")[0]) == "10.1.2.0/24"
    monkeypatch.setenv("SMS_PEERS", "kannel")
    with pytest.raises(ImproperlyConfigured, match="SMS_PEERS"):
        env.networks("SMS_PEERS", "")
