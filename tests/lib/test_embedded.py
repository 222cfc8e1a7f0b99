"""The embedded servers: real ones, in a home of their own, killed without mercy."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis

from crm.lib.embedded import account
from crm.lib.embedded.process import find_ours, read_number, wait_gone
from tests.home import ROOT, Home, a_home


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    with a_home() as home:
        yield home


def sql(url: str, query: str) -> object:
    connection = psycopg2.connect(url, options="-c synchronous_commit=on")  # what tests/conftest.py turned off
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone() if cursor.description else None
    connection.close()
    return row and row[0]


def killed(process: psutil.Process | None) -> int:
    assert process
    process.kill()
    assert wait_gone(process, 10)
    return process.pid


def test_two_commands_at_once_make_one_server_of_each(home: Home) -> None:
    with ThreadPoolExecutor() as pool:
        first, second = pool.map(home.run, ["start", "start"])
    assert first == second
    folder = str(home.path)
    named = [
        process for process in psutil.process_iter(["cmdline"]) if folder in " ".join(process.info["cmdline"] or [])
    ]
    assert {process.pid for process in named} == {home.postmaster.pid, home.broker.pid}


def test_what_was_committed_is_there_after_both_servers_were_killed(home: Home) -> None:
    urls = home.run("start")
    sql(urls["DATABASE_URL"], "CREATE TABLE kept AS SELECT 42 AS answer")
    broker = redis.from_url(urls["REDIS_URL"])
    broker.set("kept", "42")
    broker.execute_command("WAITAOF", 1, 0, 5000)
    old = killed(home.postmaster), killed(home.broker)

    again = home.run("start")

    assert again == urls, "a process that still runs knows only the old addresses"
    assert (home.postmaster.pid, home.broker.pid) != old
    assert sql(again["DATABASE_URL"], "SELECT answer FROM kept") == 42
    assert redis.from_url(again["REDIS_URL"]).get("kept") == b"42"


def test_a_stale_pid_that_a_stranger_has_now_does_not_keep_the_server_from_starting(home: Home) -> None:
    home.run("start")
    data = home.servers / "postgres" / "data"
    lines = (data / "postmaster.pid").read_text().splitlines()
    killed(home.postmaster)
    (data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]))

    home.run("start")

    assert home.postmaster.pid != os.getpid()


def test_a_backend_that_outlived_its_server_is_gone_before_the_next_one_starts(home: Home) -> None:
    urls = home.run("start")
    connection = psycopg2.connect(urls["DATABASE_URL"])
    backend = psutil.Process(connection.info.backend_pid)
    backend.suspend()
    killed(home.postmaster)

    home.run("start")

    assert not backend.is_running() or backend.status() == psutil.STATUS_ZOMBIE
    assert sql(urls["DATABASE_URL"], "SELECT 1") == 1


def test_an_initdb_that_was_killed_halfway_is_begun_again(home: Home) -> None:
    half = home.servers / "postgres" / "data.new"
    half.mkdir(parents=True, exist_ok=True)
    (half / "PG_VERSION").write_text("18\n")
    home.run("stop")
    shutil.rmtree(home.servers / "postgres" / "data", ignore_errors=True)

    urls = home.run("start")

    assert sql(urls["DATABASE_URL"], "SELECT 1") == 1
    assert not half.exists()


def test_a_port_that_was_taken_meanwhile_is_given_up(home: Home) -> None:
    home.run("start")
    port = read_number(home.servers / "valkey" / "port")
    home.run("stop")
    with socket.create_server(("127.0.0.1", port)):
        urls = home.run("start")
        assert f":{port}/" not in urls["REDIS_URL"]
        assert redis.from_url(urls["REDIS_URL"]).ping()


def test_stopped_servers_leave_no_process(home: Home) -> None:
    home.run("start")
    home.run("stop")
    assert (home.postmaster, home.broker) == (None, None)


def test_the_data_is_closed_to_other_users(home: Home) -> None:
    home.run("start")
    assert home.servers.stat().st_mode & 0o077 == 0


def test_a_pid_of_another_program_is_not_ours(tmp_path: Path) -> None:
    assert find_ours(os.getpid(), tmp_path) is None
    assert find_ours(None, tmp_path) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends an account")
def test_root_below_a_closed_folder_keeps_the_data_elsewhere_and_changes_no_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    closed = Home(tmp_path / "home")
    try:
        urls = closed.run("start")
        assert sql(urls["DATABASE_URL"], "SELECT current_setting('data_directory')").startswith(str(account.ELSEWHERE))
        assert tmp_path.stat().st_mode & 0o777 == 0o700
    finally:
        closed.run("stop")
        shutil.rmtree(closed.servers)


def test_the_local_secret_is_made_once_and_for_its_owner_alone(home: Home) -> None:
    script = "from crm.lib.embedded import local_secret; print(local_secret())"
    command = [sys.executable, "-c", script]
    first, second = (subprocess.check_output(command, cwd=ROOT, env=home.environment) for _ in range(2))
    assert first == second
    assert len(first) > 50
    assert (home.path / "secret").stat().st_mode & 0o777 == 0o600


def test_production_is_never_given_a_server_it_did_not_name(home: Home) -> None:
    script = (
        "import os; from crm.lib.embedded import ensure_servers; ensure_servers(); print(os.getenv('DATABASE_URL'))"
    )
    environment = home.environment | {"SAPA_ENV": "production"}
    assert subprocess.check_output([sys.executable, "-c", script], cwd=ROOT, env=environment) == b"None\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")
def test_the_home_of_another_user_is_refused_by_name(home: Home) -> None:
    home.run("start")
    script = "import os; os.setuid(65534)\nfrom crm.lib.embedded import ensure_servers\nensure_servers()"
    command = [sys.executable, "-c", f"import crm.lib.embedded, psycopg2, psutil\n{script}"]
    done = subprocess.run(command, check=False, cwd=ROOT, env=home.environment, capture_output=True, text=True)
    assert f"ServerFailed: {home.path} is another user's" in done.stderr


def test_release_spares_servers_that_somebody_uses(home: Home) -> None:
    home.run("start")
    waiting = "from crm.lib.embedded import ensure_servers; ensure_servers(); print('joined', flush=True); input()"
    user = subprocess.Popen(
        [sys.executable, "-c", waiting],
        cwd=ROOT, env=home.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert user.stdout
    assert user.stdout.readline() == "joined\n"
    home.run("release")
    assert home.postmaster
    user.communicate("\n", timeout=60)
    home.run("release")
    assert (home.postmaster, home.broker) == (None, None)
