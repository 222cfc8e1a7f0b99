"""What the clock benches share: real workers, and clocks put to fall due when a bench wants."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from crm.cases import clock
from crm.cases.defaults import ensure_policy
from crm.cases.policies import rules_of
from crm.cases.sweep import heartbeat
from crm.cases.words import ClockKind

STARTUP_SECONDS = 60


@contextmanager
def clock_workers(number: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """That many Celery workers on the `clock` queue, sweeping; ended with the block."""
    _run("DELETE FROM cases_sweeper")
    workers = [_worker(index) for index in range(number)]
    try:
        _wait_for_sweepers(number)
        yield workers
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait(30)


def _worker(index: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "celery", "-A", "crm", "worker", "-Q", "clock", "-P", "solo", "-l", "ERROR"]
    return subprocess.Popen([*command, "-n", f"bench{index}-{os.getpid()}@%h"])


def _wait_for_sweepers(number: int) -> None:
    for _ in range(STARTUP_SECONDS * 10):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*), pg_sleep(0.1) FROM cases_sweeper")
            if cursor.fetchone()[0] >= number and heartbeat() is not None:
                return
    raise RuntimeError("the clock workers did not start")


def put_due(number: int, *, spacing_seconds: float, lead_seconds: float) -> list[int]:
    """Choose running clocks that are far from due, and let them fall due one `spacing_seconds` after another.

    The first falls due `lead_seconds` from now; warnings count as given, the breach is the next mark.
    """
    marks = rules_of(ensure_policy().pk).marks(ClockKind.RESOLUTION)
    breach = next(i for i, mark in enumerate(marks) if mark.act is clock.Act.BREACH)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH chosen AS (
                SELECT id, row_number() OVER () - 1 AS i FROM (
                    SELECT id FROM cases_slaclock
                    WHERE kind = 'resolution' AND verdict = '' AND stopped_at IS NULL
                        AND wake_at > now() + interval '1 day'
                    ORDER BY id LIMIT %(number)s) c
            )
            UPDATE cases_slaclock c SET due_at = t.due, wake_at = t.due, wake_for = 'mark', marks_passed = %(breach)s
            FROM (
                SELECT id, statement_timestamp() + make_interval(secs => %(lead)s + i * %(spacing)s) AS due FROM chosen
            ) t
            WHERE c.id = t.id RETURNING c.id
            """,
            {"number": number, "breach": breach, "lead": lead_seconds, "spacing": spacing_seconds},
        )
        return [row[0] for row in cursor.fetchall()]


def put_due_at_once(ids: list[int], *, lead_seconds: float) -> None:
    """All of them at one instant."""
    _run(
        "UPDATE cases_slaclock SET due_at = t.due, wake_at = t.due "
        "FROM (SELECT statement_timestamp() + make_interval(secs => %s) AS due) t WHERE id = ANY(%s)",
        lead_seconds,
        ids,
    )


def detections(ids: list[int]) -> list[tuple[int, float]]:
    """(how many breach events of this round, milliseconds from the deadline to the first) of each clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(e.id), extract(epoch FROM min(e.recorded_at) - min(c.due_at)) * 1000
            FROM cases_slaclock c LEFT JOIN events_event e ON e.kind = 'clock.breached'
                AND e.subject_type = 'case' AND e.subject_id = c.case_id AND (e.facts ->> 'clock')::bigint = c.id
                AND e.at = c.due_at
            WHERE c.id = ANY(%s) GROUP BY c.id ORDER BY c.id
            """,
            [ids],
        )
        return [(count, float(late or 0)) for count, late in cursor.fetchall()]


def seconds_left(ids: list[int]) -> float:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM max(due_at) - clock_timestamp()) FROM cases_slaclock WHERE id = ANY(%s)", [ids]
        )
        return float(cursor.fetchone()[0])


def put_back(ids: list[int]) -> None:
    """Make the database quiet again for the next run."""
    _run("DELETE FROM cases_breach WHERE clock_id = ANY(%s)", ids)
    _run(
        "UPDATE cases_slaclock SET due_at = now() + interval '60 days', wake_at = now() + interval '30 days', "
        "wake_for = 'mark', marks_passed = 0, verdict = '' WHERE id = ANY(%s) AND stopped_at IS NULL",
        ids,
    )


def kill_hard(worker: subprocess.Popen[bytes]) -> None:
    worker.send_signal(signal.SIGKILL)
    worker.wait(10)


def _run(statement: str, *arguments: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(arguments))
