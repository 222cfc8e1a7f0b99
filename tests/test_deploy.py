"""The ways to run the product agree with each other."""

from pathlib import Path

import pytest
import yaml

from crm.celery import app
from crm.lib.supervisor.programs import Address, product
from crm.reports.metrics import QUEUES

ROOT = Path(__file__).resolve().parents[1]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def consumed(command: tuple[str, ...] | list[str]) -> set[str]:
    words = [word.removeprefix("--queues=") for word in command]
    return {queue for word in words for queue in word.split(",") if queue in QUEUES}


@pytest.fixture
def programs(tmp_path: Path) -> dict[str, tuple[str, ...]]:
    return {program.name: program.command for program in product(Address("127.0.0.1", 8000, 8001), tmp_path)}


def test_compose_runs_the_processes_of_make_run(programs: dict[str, tuple[str, ...]]) -> None:
    assert set(COMPOSE["services"]) - {"postgres", "valkey", "migrate"} == set(programs)


def test_every_queue_that_tasks_go_to_is_worked_off(programs: dict[str, tuple[str, ...]]) -> None:
    routed = {*app.conf.task_routes.values(), app.conf.task_default_queue}
    assert routed <= set(QUEUES)
    for commands in (programs, {name: service.get("command", []) for name, service in COMPOSE["services"].items()}):
        assert consumed(commands["clock"]) == {"clock"}, "no long task may stand in a deadline's way"
        assert consumed(commands["batch"]) == {"batch"}, "no import may stand in a message's way"
        assert consumed(commands["worker"]) == set(QUEUES) - {"clock", "batch"}


def test_compose_names_no_secret() -> None:
    environment = COMPOSE["services"]["web"]["environment"]
    assert environment["SECRET_KEY"].startswith("${SECRET_KEY:?")
    assert "${POSTGRES_PASSWORD:?}" in environment["DATABASE_URL"]


def test_every_service_of_ours_waits_for_the_migrations() -> None:
    waiting = [name for name, service in COMPOSE["services"].items() if "migrate" in service.get("depends_on", {})]
    assert waiting == ["web", "live", "clock", "worker", "batch", "beat"]
