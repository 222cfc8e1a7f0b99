from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from crm.knowledge import actions
from crm.knowledge.models import Version
from crm.knowledge.spellings import plant_spellings
from crm.staff.models import Role, User
from tests.people import a_member


@pytest.fixture(autouse=True)
def _spellings(db: None) -> Iterator[None]:
    plant_spellings()
    with translation.override("en"):
        yield


@pytest.fixture
def sari() -> User:
    return a_member("Sari Wulandari")


@pytest.fixture
def ratna() -> User:
    return a_member("Ratna Kusumaningrum", Role.SUPERVISOR)


def said(title: str = "Kuota habis", english: str = "Quota used up", **more: Any) -> dict[str, Any]:
    texts = {"title_id": title, "title_en": english, "body_id": f"{title}: periksa.", "body_en": f"{english}: check."}
    return texts | more


def handed_in(by: User, **content: Any) -> Version:
    kind = content.pop("kind", "article")
    version = actions.save_draft(kind=kind, by=by, **said(**content))
    return actions.ask_review(version=version, by=by)


def published(by: User, boss: User, **content: Any) -> Version:
    return actions.publish(version=handed_in(by, **content), by=boss)
