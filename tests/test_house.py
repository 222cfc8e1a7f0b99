"""The house itself: what import-linter cannot see, and what keeps the files readable."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("crm", "caring", "loyalty", "social")
SOURCES = [
    path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")) if "migrations" not in path.parts
]
LONGEST = 400


def contract() -> list[list[str]]:
    """The rooms from the top floor down, siblings together."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    (layers,) = [contract for contract in settings["tool"]["importlinter"]["contracts"] if contract["type"] == "layers"]
    return [[room.strip() for room in layer.split("|")] for layer in layers["layers"]]


def floor_of(room: str) -> int:
    return next(number for number, rooms in enumerate(contract()) if room in rooms)


def rooms() -> list[str]:
    return [app.name for app in apps.get_app_configs() if app.name.split(".")[0] in PACKAGES]


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text()))


def functions(tree: list[ast.AST]) -> list[ast.AST]:
    """All but `AppConfig.ready`, which must import late: that is where rooms register with the rooms below."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in tree if isinstance(node, kinds) and node.name != "ready"]


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


def test_every_room_has_its_floor() -> None:
    assert sorted(rooms()) == sorted(room for layer in contract() for room in layer)


def test_every_package_that_looks_like_a_room_is_one() -> None:
    found = {path.parent.relative_to(ROOT).as_posix().replace("/", ".") for path in ROOT.glob("crm/*/__init__.py")}
    assert found == {room for room in rooms() if room.startswith("crm.")}


def test_foreign_keys_point_down_or_stay_in_their_room() -> None:
    upward = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_models()
        if (room := model._meta.app_config.name) in rooms()
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model
        if (other := field.related_model._meta.app_config.name) in rooms() and other != room
        if floor_of(other) <= floor_of(room)
    ]
    assert upward == []


def test_nobody_uses_generic_foreign_keys() -> None:
    generic = [
        model._meta.label
        for model in apps.get_models()
        if model._meta.private_fields and model._meta.app_config.name in rooms()
    ]
    assert generic == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_source_file_keeps_the_rules_of_the_house(path: Path) -> None:
    tree = list(nodes(path))
    inside = [node for function in functions(tree) for node in ast.walk(function)]
    hidden = [name for node in inside for name in imported(node) if name.split(".")[0] in PACKAGES]
    signals = [
        name for node in tree for name in imported(node) if name.startswith("django") and name.endswith("signals")
    ]
    assert hidden == [], "an import inside a function dodges the order of the rooms"
    assert signals == [], "news travels as events; Django's signals hide who does what"
    assert len(path.read_text().splitlines()) <= LONGEST, "split it by noun"
    assert path.stem not in {"utils", "helpers", "services"}, "name it after what it holds"
