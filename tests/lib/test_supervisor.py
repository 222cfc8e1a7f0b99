"""The supervisor, with programs that only sleep: what it starts, starts again, and leaves behind."""

import fcntl
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from django.core.exceptions import ImproperlyConfigured

from crm.lib.embedded.process import wait_gone
from crm.lib.supervisor.leash import Leash, await_free
from crm.lib.supervisor.programs import Program, choose_address, product
from crm.lib.supervisor.supervise import Child, Supervisor
from crm.lib.supervisor.welcome import framed

ROOT = Path(__file__).resolve().parents[2]
# A leader with a child of its own that ignores SIGTERM: what a web server with stubborn workers looks like.
STUBBORN = """
import signal, subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(600)"])
time.sleep(600)
"""
SCRIPT = """
import signal, sys
from pathlib import Path
from crm.lib.supervisor import leash, supervise
from crm.lib.supervisor.programs import Program
supervise.GRACE = 0.3
rope = leash.Leash(Path(sys.argv[1]), patience=0.3)
supervisor = supervise.Supervisor([Program("one", (sys.executable, "-c", sys.argv[2]))] * 2, rope)
signal.signal(signal.SIGTERM, supervisor.stop)
supervisor.run(pause=0.05)
rope.close()
"""


def until(question: Callable[[], object], seconds: float = 60) -> object:
    deadline = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)
    return answer


def is_held(lock: Path) -> bool:
    """Does a leash hold it? Tried as a leash would, and let go at once."""
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[psutil.Process]:
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "leash"), STUBBORN]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    supervisor = psutil.Process(process.pid)
    until(lambda: len(supervisor.children(recursive=True)) == 5)  # the leash and two leaders with a child each
    yield supervisor
    family = supervisor.children(recursive=True) if supervisor.is_running() else []
    process.kill()
    process.wait()
    for left_over in family:
        with suppress(psutil.NoSuchProcess):
            left_over.kill()


def test_a_stopped_supervisor_leaves_no_process(supervised: psutil.Process) -> None:
    family = supervised.children(recursive=True)
    supervised.send_signal(signal.SIGTERM)
    assert wait_gone(supervised, 10)
    assert all(wait_gone(process, 5) for process in family)


def test_a_killed_supervisor_leaves_no_process_either(supervised: psutil.Process) -> None:
    family = supervised.children(recursive=True)
    supervised.kill()
    assert all(wait_gone(process, 20) for process in family)


def test_a_program_that_was_killed_is_started_again(supervised: psutil.Process) -> None:
    leaders = {process for process in supervised.children() if "-I" not in process.cmdline()}
    victim = leaders.pop()
    left_over = victim.children()
    victim.kill()
    until(lambda: len({p.pid for p in supervised.children()} - {victim.pid}) == 3)
    assert all(wait_gone(process, 5) for process in left_over), "its workers would hold the port"


def test_a_killed_leash_is_renewed(supervised: psutil.Process, tmp_path: Path) -> None:
    family = supervised.children(recursive=True)
    leash = next(process for process in supervised.children() if "-I" in process.cmdline())
    leash.kill()
    wait_gone(leash, 5)
    until(lambda: is_held(tmp_path / "leash"))  # the new one reads: a mere process may not have been told the list yet
    supervised.kill()
    assert all(wait_gone(process, 20) for process in family)


def test_the_next_start_ends_what_outlived_both_supervisor_and_leash(
    supervised: psutil.Process, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm.lib.supervisor.leash.PATIENCE", 0.3)
    family = supervised.children(recursive=True)
    leash = next(process for process in supervised.children() if "-I" in process.cmdline())
    supervised.suspend()  # or it would renew the leash
    leash.kill()
    supervised.kill()
    orphans = [process for process in family if process != leash]
    assert all(process.is_running() for process in orphans)

    await_free(tmp_path / "leash")

    assert all(wait_gone(process, 5) for process in orphans)


def test_a_number_that_belongs_to_another_process_by_now_is_left_alone(tmp_path: Path) -> None:
    stranger = subprocess.Popen(["sleep", "600"])
    (tmp_path / "leash").write_text(f"{stranger.pid} 12345.6\n")
    await_free(tmp_path / "leash")
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_program_that_keeps_failing_is_tried_ever_less_often() -> None:
    child = Child(Program("never", ("false",)), started=time.monotonic())
    assert [child.note_end() for _ in range(8)] == [0.5, 1, 2, 4, 8, 16, 30, 30]


def test_a_program_that_ran_well_before_it_failed_is_tried_at_once() -> None:
    child = Child(Program("late", ("false",)), failures=7, started=time.monotonic() - 60)
    assert child.note_end() == 0.5


def test_servers_that_moved_restart_every_program(tmp_path: Path) -> None:
    answers = iter([False, True])
    leash = Leash(tmp_path / "leash")
    supervisor = Supervisor([Program("one", ("sleep", "600"))], leash, each_round=lambda: next(answers))
    supervisor.round()
    first = supervisor.children[0].process
    supervisor.round()
    second = supervisor.children[0].process
    assert first.returncode == -signal.SIGTERM
    assert second.poll() is None
    supervisor.end_all()
    leash.close()


def test_a_port_that_is_given_is_the_port_or_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORT", raising=False)
    free = choose_address()
    monkeypatch.setenv("PORT", str(free.port))
    assert choose_address().port == free.port
    assert choose_address().live_port > free.port
    with socket.create_server(("127.0.0.1", free.port)), pytest.raises(OSError, match="taken"):
        choose_address()
    monkeypatch.setenv("PORT", "eighty")
    with pytest.raises(ImproperlyConfigured, match="PORT"):
        choose_address()


def test_the_x_simulator_runs_where_the_demo_is_and_nowhere_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("PORT", raising=False)
    monkeypatch.setenv("SAPA_DEMO", "1")
    address = choose_address()
    assert "x" in [program.name for program in product(address, tmp_path)]
    assert address.environment["SAPA_X_SIMULATOR_URL"] == address.x_url.rstrip("/") != ""
    for name, value in (("SAPA_DEMO", "0"), ("SAPA_ENV", "production")):
        with monkeypatch.context() as elsewhere:
            elsewhere.setenv(name, value)
            bare = choose_address()
        assert "x" not in [program.name for program in product(bare, tmp_path)]
        assert bare.environment["SAPA_X_SIMULATOR_URL"] == ""


def test_the_frame_is_as_wide_as_its_widest_line() -> None:
    assert framed(["ab", "a"]).splitlines() == ["┌──────┐", "│  ab  │", "│  a   │", "└──────┘"]
