"""What the demo operator knows: written by agents, published by others, used in cases and judged."""

import datetime as dt
import random
import tomllib
from pathlib import Path
from typing import Any

from crm.cases.models import Case
from crm.demo.people import Cast
from crm.knowledge import actions
from crm.knowledge.models import Article, Version
from crm.knowledge.spellings import plant_spellings
from crm.staff.models import User

TEXTS = tomllib.loads((Path(__file__).parent / "knowledge.toml").read_text())["article"]
BILINGUAL = ("title", "body", "answer", "steps")


def write_articles(cast: Cast, rng: random.Random, now: dt.datetime) -> None:
    """Published over the last months; two are being written anew."""
    plant_spellings()
    writers, boss = cast.agents_of("social"), cast.users["ratna"]
    for i, text in enumerate(TEXTS):
        begun = now - dt.timedelta(days=230 - 8 * i, hours=rng.randint(1, 9))
        version = _draft(text, writers[i % len(writers)], now, begun)
        actions.ask_review(version=version, by=version.author, at=begun + dt.timedelta(hours=2))
        actions.publish(version=version, by=boss, at=begun + dt.timedelta(hours=20))
    _go_on(rng, now)
    _use(rng)


def _draft(text: dict[str, Any], by: User, now: dt.datetime, at: dt.datetime) -> Version:
    said = {
        f"{name}_{code}": text[name][i].strip()
        for name in BILINGUAL
        if name in text
        for i, code in enumerate(("id", "en"))
    }
    until = (now + dt.timedelta(days=text["days"])).date() if "days" in text else None
    return actions.save_draft(
        kind=text.get("kind", "article"), by=by, at=at,
        categories=text["categories"], products=text.get("products", []),
        regions=text.get("regions", []), is_public=text.get("public", False), valid_until=until, **said,
    )  # fmt: skip


def _go_on(rng: random.Random, now: dt.datetime) -> None:
    """Two new versions: one handed in, one still being written."""
    for number, version in enumerate(Version.objects.published().order_by("pk")[1:3]):
        said = {name: getattr(version, name) for name in ("title_id", "title_en", "answer_id", "answer_en", "body_en")}
        said |= {"categories": version.categories, "products": version.products, "is_public": version.is_public}
        body = f"{version.body_id}\n\nTanyakan juga tipe ponselnya."
        at = now - dt.timedelta(hours=rng.randint(3, 30))
        draft = actions.save_draft(article=version.article, by=version.author, at=at, body_id=body, **said)
        if number == 0:
            actions.ask_review(version=draft, by=draft.author, at=at)


def _use(rng: random.Random) -> None:
    """In settled cases of their categories, by whoever had them."""
    by_category: dict[str, list[Article]] = {}
    for version in Version.objects.published().select_related("article"):
        for code in version.categories:
            by_category.setdefault(code, []).append(version.article)
    cases = Case.objects.filter(category__code__in=by_category, assignee__isnull=False).order_by("pk")[:160]
    for case in cases.select_related("category", "assignee"):
        assert case.category is not None
        assert case.assignee is not None
        article = rng.choice(by_category[case.category.code])
        actions.use(article=article, case=case.pk, by=case.assignee, at=case.opened_at)
        if rng.random() < 0.6:
            actions.judge(article=article, case=case.pk, helped=rng.random() < 0.8, by=case.assignee, at=case.opened_at)
