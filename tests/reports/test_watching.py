"""What is handed to Grafana and Prometheus asks only for what we serve."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.test_docs import codes, rows

DEPLOY = Path(__file__).resolve().parents[2] / "docs" / "deploy"
DASHBOARD: dict[str, Any] = json.loads((DEPLOY / "grafana-dashboard.json").read_text())
ALERTS: list[dict[str, Any]] = yaml.safe_load((DEPLOY / "alerts.yml").read_text())["groups"][0]["rules"]
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
# The series that a histogram is served as.
PARTS = re.compile(r"_(bucket|count|sum)$")


def served() -> set[str]:
    """The metrics of operations.md, which tests/test_docs.py holds to those that are served."""
    return {name for row in rows("operations.md", "speaks Prometheus") for name in codes(row[0])}


def asked(expression: str) -> set[str]:
    return {PARTS.sub("", name) for name in re.findall(r"\bsapa_\w+", expression)}


def expressions() -> list[str]:
    return [target["expr"] for panel in PANELS for target in panel["targets"]]


def test_the_dashboard_shows_every_metric_and_no_other() -> None:
    assert set().union(*map(asked, expressions())) == served()


def test_alerts_ask_only_for_what_is_served() -> None:
    assert set().union(*(asked(rule["expr"]) for rule in ALERTS)) <= served()


def test_every_alert_says_what_to_do() -> None:
    for rule in ALERTS:
        assert rule["labels"]["severity"] in {"critical", "warning"}, rule["alert"]
        assert rule["annotations"]["summary"], rule["alert"]
        assert rule["annotations"]["do"].endswith((".", "?")), rule["alert"]


def test_the_dashboard_is_one_that_grafana_imports() -> None:
    """No id of a data base of somebody's own, and the data source is chosen when it is opened."""
    assert "id" not in DASHBOARD
    assert (DASHBOARD["uid"], DASHBOARD["schemaVersion"] >= 39) == ("sapa-operations", True)
    assert {variable["name"] for variable in DASHBOARD["templating"]["list"]} == {"datasource", "job"}
    assert {panel["datasource"]["uid"] for panel in PANELS} == {"${datasource}"}
    numbers = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_a_panel_has_its_place_and_says_what_it_shows(panel: dict[str, Any]) -> None:
    place = panel["gridPos"]
    assert place["x"] + place["w"] <= 24
    assert panel["description"].endswith(".")
    assert panel["type"] in {"timeseries", "stat", "state-timeline"}
    assert all('{job=~"$job"' in target["expr"] for target in panel["targets"])
    others = [other["gridPos"] for other in PANELS if other is not panel]
    assert not [other for other in others if overlap(place, other)]


def overlap(one: dict[str, int], other: dict[str, int]) -> bool:
    return all(
        one[at] < other[at] + other[size] and other[at] < one[at] + one[size] for at, size in (("x", "w"), ("y", "h"))
    )
