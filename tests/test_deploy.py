"""The ways to run the product agree with each other, and production gives nobody more than they need."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from crm.celery import app
from crm.lib.supervisor.programs import Address, product
from crm.reports.metrics import QUEUES
from tests.test_docs import read_variables

ROOT = Path(__file__).resolve().parents[1]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service.get("image", "").startswith("sapa:")}
ONCE = {name for name, service in SERVICES.items() if service.get("restart") == "no"}
LASTING = {name: service for name, service in SERVICES.items() if name not in ONCE}
EXAMPLE = (ROOT / ".env.example").read_text()
# clamav's image begins as root to set up its folders and gives it up by itself.
AS_ROOT_AT_FIRST = {"clamav"}


def consumed(command: tuple[str, ...] | list[str]) -> set[str]:
    words = [word.removeprefix("--queues=") for word in command]
    return {queue for word in words for queue in word.split(",") if queue in QUEUES}


def commands() -> dict[str, list[str]]:
    return {name: service["command"] for name, service in OURS.items() if "command" in service}


@pytest.fixture
def programs(tmp_path: Path) -> dict[str, tuple[str, ...]]:
    found = product(Address("127.0.0.1", 8000, 8001), tmp_path)
    return {program.name: program.command for program in found}


def test_compose_runs_the_processes_of_make_run(programs: dict[str, tuple[str, ...]]) -> None:
    assert set(OURS) - ONCE == set(programs)


def test_every_queue_that_tasks_go_to_is_worked_off(programs: dict[str, tuple[str, ...]]) -> None:
    routed = {*app.conf.task_routes.values(), app.conf.task_default_queue}
    assert routed <= set(QUEUES)
    for started in (programs, commands()):
        assert consumed(started["clock"]) == {"clock"}, "no long task may stand in a deadline's way"
        assert consumed(started["batch"]) == {"batch"}, "no import may stand in a message's way"
        assert consumed(started["bulk"]) == {"bulk"}, "no report may stand in the way of an undo"
        assert "--concurrency=2" in started["bulk"], "nor one job of another"
        assert consumed(started["worker"]) == set(QUEUES) - {"clock", "mass", "bulk", "batch"}
        assert consumed(started["mass"]) == {"mass"}, "no campaign may stand in an answer's way"


def test_no_secret_stands_in_the_environment_of_a_service() -> None:
    """`docker inspect` shows it to whoever may ask Docker; a file is shown to the process alone."""
    for name, service in OURS.items():
        named = {key.removesuffix("_FILE"): value for key, value in service["environment"].items() if "_FILE" in key}
        assert {"SECRET_KEY", "SEALING_KEYS", "POSTGRES_PASSWORD", "METRICS_TOKEN"} <= set(named), name
        assert not set(named) & set(service["environment"]), name
        assert {Path(value).name for value in named.values() if value.startswith("/run/secrets/")} == set(
            service["secrets"]
        ), name
        assert "@" not in service["environment"]["DATABASE_URL"].split("sapa@")[0], name


def test_secrets_are_files_that_git_and_the_image_leave_out() -> None:
    assert {value["file"] for value in COMPOSE["secrets"].values()} == {
        f"./secrets/{name}" for name in COMPOSE["secrets"]
    }
    ignored = (ROOT / ".gitignore").read_text().split()
    assert {"/secrets/", "/.env", "/tls/"} <= set(ignored)
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert (ROOT / ".dockerignore").read_text().splitlines()[1] == "*"
    assert not {"secrets", ".env", "tests", "docs", ".git"} & set(kept)


def test_the_example_names_every_setting_that_compose_reads() -> None:
    read = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    named = set(re.findall(r"^(\w+)=", EXAMPLE, re.MULTILINE))
    assert read == named


def test_compose_hands_on_only_what_the_product_reads() -> None:
    read = set(read_variables()) | {"WEB_CONCURRENCY"}
    for name, service in OURS.items():
        assert {key.removesuffix("_FILE") for key in service["environment"]} <= read, name


def test_every_service_of_ours_waits_for_the_migrations() -> None:
    waiting = {name for name, service in OURS.items() if "migrate" in service["depends_on"]}
    assert waiting == set(OURS) - {"migrate"}
    assert all(service["depends_on"]["postgres"] == {"condition": "service_healthy"} for service in OURS.values())


def test_every_service_that_lasts_says_whether_it_is_well_and_comes_back() -> None:
    for name, service in LASTING.items():
        assert service["healthcheck"]["test"][0] == "CMD", name
        assert service["restart"] == "unless-stopped", name
        assert "memory" in service["deploy"]["resources"]["limits"], name


def test_no_service_is_root_or_may_become_it() -> None:
    for name, service in SERVICES.items():
        assert "no-new-privileges:true" in service["security_opt"], name
        if name not in AS_ROOT_AT_FIRST:
            assert service["cap_drop"] == ["ALL"], name
            assert service["read_only"] is True, name
            assert name in OURS or service.get("user") or name == "kannel", name
    for dockerfile in ("Dockerfile", "docs/deploy/kannel.Dockerfile"):
        users = re.findall(r"^USER (\d+)$", (ROOT / dockerfile).read_text(), re.MULTILINE)
        assert int(users[-1]) > 0, dockerfile


def test_only_the_door_is_open_and_it_does_not_lead_to_the_database() -> None:
    networks = {name: set(service["networks"]) for name, service in SERVICES.items()}
    assert [name for name, service in SERVICES.items() if service.get("ports")] == ["proxy"]
    assert not networks["proxy"] & (networks["postgres"] | networks["valkey"])
    assert networks["postgres"] == networks["valkey"] == {"inside"}
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert {name for name in ("kannel", "clamav") if "inside" in networks[name]} == set()


def test_who_speaks_to_others_can_and_who_does_not_cannot() -> None:
    speaking = {name for name, service in OURS.items() if "outside" in service["networks"]}
    assert speaking >= {"web", "worker"}
    assert not speaking & {"clock", "beat", "migrate", "live", "backup"}


def test_whoever_may_ask_the_scanner_reaches_it() -> None:
    """Files come in by pages and by workers."""
    asking = {name for name, service in OURS.items() if "outside" in service["networks"]}
    assert SERVICES["clamav"]["networks"] == ["outside"]
    assert {"web", "worker", "mail"} <= asking


def test_the_image_starts_the_web_process_as_make_run_does(programs: dict[str, tuple[str, ...]]) -> None:
    dockerfile = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    (command,) = re.findall(r"^CMD (\[.*\])$", dockerfile, re.MULTILINE)
    words = yaml.safe_load(command)
    ours = [word for word in programs["web"] if word.startswith(("--worker-class", "--threads"))]
    assert set(ours) < set(words)
    assert words[:2] == ["gunicorn", "crm.wsgi:application"]


@pytest.mark.parametrize("stage", ["pages", "build", ""])
def test_bases_are_pinned(stage: str) -> None:
    """By version and distribution: a rebuild brings fixes, never another Python."""
    bases = re.findall(r"^FROM (\S+)(?: AS (\w+))?$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    base = {name: image for image, name in bases}[stage]
    assert re.fullmatch(r"\w+:\d[\d.]*-[\w-]*bookworm[\w-]*", base)


def test_what_the_image_brings_along_is_what_it_needs() -> None:
    """Everything the build copies or reads is let in, and what .dockerignore lets in exists."""
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert [path for path in kept if not (ROOT / path).exists()] == []
    needed = {"crm", "social", "static", "templates", "manage.py", "requirements.txt", "package-lock.json"}
    scripts = {
        word for word in shlex.split((ROOT / "Dockerfile").read_text(), comments=True) if word.startswith(".ci/")
    }
    assert needed | scripts <= set(kept)
