"""docs/permissions.md and access.TABLE say the same, and what they say is what happens."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied

from crm.staff.access import TABLE, may, require
from crm.staff.models import Role, User

ROOT = Path(__file__).resolve().parents[2]
LINE = re.compile(r"^\| `([a-z_.]+)` \|(.*)\|$", re.MULTILINE)
ROLES = [Role.AGENT, Role.QUALITY, Role.SUPERVISOR, Role.DIVISION, Role.ADMINISTRATOR]


def documented() -> dict[str, set[Role]]:
    page = (ROOT / "docs" / "permissions.md").read_text()
    lines = {action: rest.split("|")[: len(ROLES)] for action, rest in LINE.findall(page)}
    return {action: {r for r, cell in zip(ROLES, cells, strict=True) if "✓" in cell} for action, cells in lines.items()}


def test_the_document_heads_its_columns_with_the_roles():
    page = (ROOT / "docs" / "permissions.md").read_text()
    assert f"| action | {' | '.join(role.value for role in ROLES)} |" in page


def test_the_document_and_the_code_have_one_table():
    assert documented() == {action: set(roles) for action, roles in TABLE.items()}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("action", "roles"), documented().items())
def test_a_role_may_do_what_the_document_says_and_nothing_else(action, roles, role):
    somebody = User(pk=1, role=role)
    assert may(somebody, action) is (role in roles)


@pytest.mark.parametrize("action", TABLE)
def test_a_closed_account_may_do_nothing(action):
    assert not any(may(User(pk=1, role=role, is_active=False), action) for role in ROLES)


@pytest.mark.parametrize("action", TABLE)
def test_a_stranger_may_do_nothing(action):
    assert not may(None, action)
    with pytest.raises(PermissionDenied):
        require(None, action)


def test_a_misspelt_action_is_an_error_and_no_answer():
    with pytest.raises(KeyError):
        may(User(pk=1, role=Role.ADMINISTRATOR), "case.raed")


def test_every_action_of_the_table_is_asked_for_somewhere():
    sources = [
        p
        for room in ("crm", "caring", "social", "loyalty")
        for p in (ROOT / room).rglob("*.py")
        if p.name not in {"access.py", "permission_words.py"}
    ]
    code = "\n".join(path.read_text() for path in sources)
    assert [action for action in TABLE if f'"{action}"' not in code] == []
