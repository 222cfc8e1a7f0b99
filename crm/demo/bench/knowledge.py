"""Finding one of ten thousand articles: by everyday words, with typing errors, and those proposed beside a case.

The floor is the bare SQL of a search: which twenty rows hold one of two words, by the same index.
"""

import random
import time
import tomllib
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.db import connection

from crm.cases.models import Case, Category
from crm.demo.bench import fill, table
from crm.desk.beside import proposed
from crm.knowledge.models import Article, Version, Word
from crm.knowledge.search import TOKEN, find
from crm.knowledge.spellings import plant_spellings
from crm.knowledge.words import State
from crm.staff.models import User

TIMES = 60
TEXTS = tomllib.loads((Path(__file__).parents[1] / "knowledge.toml").read_text())["article"]
ASKED = (
    "gak bisa internetan", "ga ada sinyal di rumah", "kuota abis padahal baru beli", "lemot banget malem ini",
    "topup blm masuk min", "my top-up has not arrived", "no signal at all", "cara aktifin roaming",
)  # fmt: skip
SYLLABLES = ("ba", "cu", "da", "fi", "ga", "ke", "lo", "mi", "nu", "pe", "ri", "so", "ta", "wu")
FLOOR = """
SELECT id, ts_rank(words, query) AS weight
FROM knowledge_version, to_tsquery('indonesian', %s) query
WHERE state = 'published' AND words @@ query ORDER BY weight DESC LIMIT 20
"""


def run(options: Namespace) -> dict[str, Any]:
    size = options.n or 10_000
    chance = random.Random(1)
    fill.cases(TIMES)
    _fill(size, chance)
    cases = list(_cases(chance))
    asked = [ASKED[i % len(ASKED)] for i in range(TIMES)]
    find(asked[0])
    proposed(cases[0])
    taken = {
        "search": _timed(find, asked),
        "search, misspelt": _timed(find, [_misspelt(text, chance) for text in asked]),
        "beside a case": _timed(proposed, cases),
        "bare SQL (floor)": _timed(_bare, [" | ".join(TOKEN.findall(text)[-2:]) for text in asked]),
    }
    rows = [(kind, table.percentile(ms, 50), table.percentile(ms, 95), max(ms)) for kind, ms in taken.items()]
    table.show(f"Finding among {size:,} articles", ["", "p50 ms", "p95 ms", "most ms"], rows)
    search, misspelt, beside, floor = (p95 for _kind, _p50, p95, _most in rows)
    return {
        "search_p95_ms": search, "misspelt_p95_ms": misspelt, "beside_p95_ms": beside, "floor_p95_ms": floor,
        "ratio": search / floor, "beside_ratio": beside / floor,
    }  # fmt: skip


def _timed(act: Callable[[Any], object], given: list[Any]) -> list[float]:
    taken = []
    for one in given:
        began = time.perf_counter()
        act(one)
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def _bare(query: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FLOOR, [query])
        cursor.fetchall()


def _misspelt(text: str, chance: random.Random) -> str:
    """Two letters of its longest word change places: not the first."""
    word = max(text.split(), key=len)
    at = chance.randint(1, len(word) - 2)
    return text.replace(word, word[:at] + word[at + 1] + word[at] + word[at + 2 :])


def _cases(chance: random.Random) -> Iterator[Case]:
    """What customers write, each filed under a category of an article."""
    codes = sorted({code for text in TEXTS for code in text["categories"]})
    categories = [Category(code=code, name=code) for code in codes]
    for i, case in enumerate(Case.objects.select_related("customer").order_by("pk")[:TIMES]):
        case.subject, case.preview, case.category = "", ASKED[i % len(ASKED)], chance.choice(categories)
        yield case


def _fill(size: int, chance: random.Random) -> None:
    """Each says what one of the demo's says, and thirty rare words of its own besides."""
    plant_spellings()
    writer, boss = User.objects.filter(username__startswith="bench-").order_by("pk")[:2]
    rare = ["".join(chance.choices(SYLLABLES, k=4)) for _ in range(5_000)]
    articles = Article.objects.bulk_create([Article(made_by=writer) for _ in range(size)], batch_size=2_000)
    versions = [_version(article, TEXTS[i % len(TEXTS)], chance.sample(rare, 30)) for i, article in enumerate(articles)]
    for version in versions:
        version.author, version.published_by, version.published_at = writer, boss, version.made_at
    Version.objects.bulk_create(versions, batch_size=1_000)
    texts = (text for version in versions[:500] for text in (version.title_id, version.body_id, version.body_en))
    words = {word for text in texts for word in TOKEN.findall(text.lower()) if len(word) > 3}
    Word.objects.bulk_create([Word(text=word) for word in sorted(words)], ignore_conflicts=True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def _version(article: Article, text: dict[str, Any], own: list[str]) -> Version:
    said = {f"{name}_{code}": text[name][i] for name in ("title", "answer") if name in text
            for i, code in enumerate(("id", "en"))}  # fmt: skip
    body = text.get("body", text["title"])
    said |= {"body_id": f"{body[0]}\n\n{' '.join(own)}", "body_en": f"{body[1]}\n\n{' '.join(own)}"}
    return Version(
        article=article, number=1, state=State.PUBLISHED, categories=text["categories"],
        products=text.get("products", []), **said,
    )  # fmt: skip
