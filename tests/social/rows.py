"""Archives for tests: rows of our own, and the report's figures computed straight from rows, by another road."""

import csv
import datetime as dt
import random
from collections.abc import Iterable
from pathlib import Path

COLUMNS = [
    "tweet_id", "conversation_id", "created_at_utc", "username", "in_reply_to_screen_name", "is_brand", "text",
    "has_image", "favorite_count", "reply_count", "retweet_count", "quote_count", "lang",
]  # fmt: skip
NOON = dt.datetime(2025, 3, 3, 12, 0, tzinfo=dt.UTC)
Row = dict[str, str]


def a_row(
    number: int, minute: float, who: str, text: str = "", *, to: str = "", thread: str = "t1", brand: str = "Sapa"
) -> Row:
    """One post `minute` minutes after noon, by `who` in `thread`."""
    at = NOON + dt.timedelta(minutes=minute)
    is_brand = "1" if who.lower() == brand.lower() else "0"
    return dict.fromkeys(COLUMNS, "") | {
        "tweet_id": str(number), "conversation_id": thread, "created_at_utc": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "username": who, "in_reply_to_screen_name": to, "is_brand": is_brand, "text": text, "lang": "in",
    }  # fmt: skip


def write(path: Path, rows: Iterable[Row], columns: list[str] | None = None) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns or COLUMNS, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def some_archive(chance: random.Random, brand: str, size: int = 120) -> list[Row]:
    """A random file of the form: few people, few threads, ties, any case, jumbled rows, some of them twice."""
    people = ["ani", "Budi", "CITRA", "dewi"]
    rows = []
    for number in range(size):
        who = chance.choice([*people, brand, brand.upper(), brand])
        is_brand = who.lower() == brand.lower()
        to = chance.choice([*people, brand, "", "siapa"]).swapcase() if is_brand or chance.random() < 0.3 else ""
        name = chance.choice([brand, brand.lower(), brand.upper()])
        text = chance.choice(
            [f"Halo @{name} tolong", f"@{name}care kok lambat", f"paket {name} mahal", "halo kak -Dhea", ""]
        )
        minute = chance.choice([chance.randrange(0, 600) / 2, chance.randrange(0, 40)])
        thread = f"t{chance.randrange(8)}"
        who = chance.choice([who, who.lower(), who.upper()])
        rows.append(
            a_row(1000 + chance.randrange(9) * 10_000 + number, minute, who, text, to=to, thread=thread, brand=brand)
        )
    rows += chance.sample(rows, size // 10)
    chance.shuffle(rows)
    return rows


def expected(rows: list[Row], brand: str) -> dict:
    """The definitions, read off the rows: domain knowledge only, nothing of the product."""
    when = {r["tweet_id"]: dt.datetime.fromisoformat(r["created_at_utc"]) for r in rows}
    ordered = sorted({r["tweet_id"]: r for r in rows}.values(), key=lambda r: (when[r["tweet_id"]], int(r["tweet_id"])))
    us = brand.lower()
    first: dict[tuple[str, str], Row] = {}
    for r in ordered:
        if r["username"].lower() != us:
            first.setdefault((r["conversation_id"], r["username"].lower()), r)
    waits = {}
    for (thread, person), post in first.items():
        start = when[post["tweet_id"]]
        answers = [
            when[r["tweet_id"]] for r in ordered
            if r["username"].lower() == us and r["conversation_id"] == thread
            and r["in_reply_to_screen_name"].lower() == person and when[r["tweet_id"]] > start
        ]  # fmt: skip
        waits[thread, person] = (answers[0] - start).total_seconds() / 60 if answers else None
    named = {key: wait for key, wait in waits.items() if f"@{us}" in first[key]["text"].lower()}
    end = max(when.values()) - dt.timedelta(hours=4)
    due = {key: wait for key, wait in named.items() if when[first[key]["tweet_id"]] <= end}
    return _figures(waits) | {
        "addressed": _figures(named) | {
            "unanswered": sum(wait is None for wait in due.values()),
            "total": len(due),
            "within_15_of_due_percent": _share([w is not None and w <= 15 for w in due.values()]),
        }
    }  # fmt: skip


def _figures(waits: dict) -> dict:
    answered = sorted(wait for wait in waits.values() if wait is not None)
    return {
        "answered": len(answered),
        "median_minutes": _percentile(answered, 0.5),
        "p90_minutes": _percentile(answered, 0.9),
        "within_15_percent": _share([wait <= 15 for wait in answered]),
    }


def _percentile(ordered: list[float], part: float) -> float | None:
    """Linear between neighbours, as numpy does."""
    if not ordered:
        return None
    place = (len(ordered) - 1) * part
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return round(ordered[low] + (ordered[high] - ordered[low]) * (place - low), 1)


def _share(hits: list[bool]) -> float | None:
    return round(100 * sum(hits) / len(hits), 1) if hits else None
