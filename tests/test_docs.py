"""The documents say what the code does."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import UniqueConstraint
from prometheus_client import CollectorRegistry

from crm.cases.defaults import LADDER
from crm.cases.states import TRANSITIONS
from crm.lib.observe import metrics as counted
from crm.reports.metrics import Lags

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
# What reads the environment: the settings' helpers, and what runs before there are settings.
READS = re.compile(
    r'env\.(?:text|flag|number|words|origins|networks|required|choice)\(\s*"(\w+)"'
    r'|environ(?:\.get\(|\.setdefault\(|\[)"(\w+)"'
    r'|"(\w+)" not in os\.environ'
)
SOURCES = [path for folder in ("crm", "social") for path in sorted((ROOT / folder).rglob("*.py"))]
PICTURED = re.compile(r"^ +(\w+) \|\|--o(\{|\|) (\w+) : (\w+)$", re.MULTILINE)
NOT_OURS = {"DJANGO_SETTINGS_MODULE", "PATH"}


def rows(page: str, heading: str) -> list[list[str]]:
    """The cells of the first table under a heading, without its head."""
    text = (DOCS / page).read_text().split(heading, 1)[1]
    table = re.search(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert table
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table[0].splitlines()[2:]]


def codes(cell: str) -> set[str]:
    return set(re.findall(r"`([\w]+)", cell))


def read_variables() -> Iterator[str]:
    for path in [*SOURCES, ROOT / "manage.py"]:
        for found in READS.findall(path.read_text()):
            yield next(filter(None, found))


def test_every_variable_that_is_read_is_explained_and_no_other() -> None:
    explained = {name for row in rows("operations.md", "## Settings") for name in codes(row[0])}
    assert explained == set(read_variables()) - NOT_OURS


def test_the_metrics_are_those_that_are_served(db: None) -> None:
    explained = {name for row in rows("operations.md", "speaks Prometheus") for name in codes(row[0])}
    tables = CollectorRegistry()
    tables.register(Lags())
    lags = {metric.name for metric in tables.collect()} | {"sapa_clock_heartbeat_seconds"}
    counters = {
        "sapa_requests_total" if m is counted.REQUESTS else m._name
        for m in vars(counted).values()
        if hasattr(m, "_labelnames")
    }
    assert explained == lags | counters


def test_the_table_of_acts_is_the_one_the_code_follows() -> None:
    told = {
        codes(act).pop(): (set(states.split(", ")), None if leads_to == "stays" else leads_to)
        for act, states, leads_to in rows("sla.md", "What may be done in which state")
    }
    followed = {
        verb: ({str(state.value) for state in states}, leads_to and str(leads_to.value))
        for verb, (states, leads_to) in TRANSITIONS.items()
    }
    assert told == followed


def test_the_ladder_is_the_one_of_the_first_policy() -> None:
    clocks = {"first reply": "response", "settlement": "resolution"}
    parties = {"supervisor": "supervisor", "service quality": "quality"}
    told = [
        (clocks[clock], int(at.split()[0]), parties[to])
        for clock, at, to in rows("sla.md", "by the ladder of the policy")
    ]
    assert told == [(str(clock), percent, str(party)) for clock, percent, party in LADDER]


@pytest.mark.parametrize("document", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?://)([^)#]+)", document.read_text())
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_every_decision_and_every_page_is_listed() -> None:
    listed = (DOCS / "README.md").read_text()
    assert [path.name for path in DOCS.rglob("*.md") if path.name not in listed and path.name != "README.md"] == []


def test_no_two_decisions_have_one_number() -> None:
    numbers = [int(path.name[:4]) for path in sorted((DOCS / "adr").glob("*.md"))]
    assert len(numbers) == len(set(numbers)) > 4


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+)%?:", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {target for page in PAGES for target in re.findall(r"`?make ([a-z-]+)", page.read_text()) if target != "it"}
    assert {name for name in named if name not in targets and not name.startswith("bench-")} == set()


def test_every_command_that_is_named_exists() -> None:
    ours = {
        path.stem
        for folder in ("crm", "caring", "social")
        for path in (ROOT / folder).rglob("management/commands/*.py")
    }
    named = {name for page in PAGES for name in re.findall(r"manage\.py (\w+)", page.read_text())}
    assert named - ours <= {"migrate", "collectstatic", "createsuperuser"}


def test_the_picture_of_the_data_model_shows_what_is_there() -> None:
    """Each line is a foreign key of that name; `o|` is one at most."""
    models = {model.__name__: model for model in apps.get_models()}
    lines = PICTURED.findall((DOCS / "data-model.md").read_text())
    assert len(lines) > 30
    for above, many, below, name in lines:
        field = models[below]._meta.get_field(name)
        unique = [
            one.fields
            for one in models[below]._meta.constraints
            if isinstance(one, UniqueConstraint) and not one.condition
        ]
        assert field.related_model is models[above], (below, name)
        assert (many == "|") == (field.unique or (name,) in unique), (below, name)
