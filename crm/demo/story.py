"""Situations that customers of the demo operator are in, and the words they are told with.

A story's text has placeholders; `words_for` says what each stands for in one case.
"""

import datetime as dt
import random
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from crm.cases.words import Kind, Outcome
from crm.demo.customers import Somebody
from crm.timeline.models import Channel

FOLDER = Path(__file__).parent / "stories"
SPOKEN = (Channel.CALL, Channel.IVR, Channel.COUNTER, Channel.LETTER, Channel.PRESS)
IN_THE_OPEN = (Channel.X, Channel.INSTAGRAM, Channel.FACEBOOK)
APOLOGIES = (
    "mohon maaf atas ketidaknyamanannya.",
    "kami minta maaf atas kejadian ini.",
    "mohon maaf sudah membuat repot.",
    "maaf sekali atas pengalaman yang kurang baik ini.",
)
MONTHS = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November",
          "Desember")  # fmt: skip


@dataclass(frozen=True)
class Story:
    """`talk` lines begin with `<` (we say), `>` (the customer says) or `!` (an internal note)."""

    about: str
    kind: str
    channels: tuple[str, ...]
    subject: str
    opening: tuple[str, ...]
    talk: tuple[str, ...]
    end: str
    log: str = ""
    ask: str = ""
    wait: str = ""
    outcome: str = Outcome.SOLVED
    company: bool = False

    @property
    def takes_time(self) -> bool:
        """Nothing that one answer settles: a division may have to be asked."""
        return bool(self.ask)

    @property
    def has_no_deadline(self) -> bool:
        return self.kind == Kind.SUGGESTION

    @property
    def needs_a_visit(self) -> bool:
        return self.wait == "appointment"


@cache
def stories() -> tuple[Story, ...]:
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        for entry in tomllib.loads(path.read_text()).get("story", ()):
            texts: dict[str, Any] = {
                key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()
            }
            found.append(Story(**texts))
    return tuple(found)


@cache
def asides() -> tuple[dict[str, str], ...]:
    return tuple(tomllib.loads((FOLDER / "asides.toml").read_text())["aside"])


def words_for(somebody: Somebody, agent: str, at: dt.datetime, rng: random.Random) -> dict[str, str]:
    """What the placeholders of a story stand for in a case opened at `at`."""
    who = address_of(somebody)
    local = at.astimezone(ZoneInfo(somebody.customer.time_zone))
    last_month = MONTHS[(local.month - 2) % 12]
    return {
        "sapa": who,
        "salam": f"{rng.choice(('Halo', 'Selamat ' + part_of_day(local.hour)))} {who}",
        "maaf": rng.choice(APOLOGIES),
        "nama": somebody.customer.name or who,
        "kota": somebody.city["name"],
        "area": rng.choice(somebody.city["areas"]),
        "kantor": somebody.office,
        "agen": agent,
        "jam": f"{rng.randint(6, 21):02}.{rng.choice((0, 10, 15, 30, 40, 45)):02}",
        "bulan": last_month,
        "tgl": str(rng.randint(3, 27)),
        "gb": str(rng.choice((3, 5, 8, 10, 12, 15, 25))),
        "rp": f"Rp {rng.choice((12, 25, 48, 75, 110, 150, 214, 350, 485))}.{rng.choice(('000', '500'))}",
        "kode": str(rng.choice((17, 38, 52, 91, 104))),
    }


def address_of(somebody: Somebody) -> str:
    """By name, with the honorific the customer chose and no other (SOP 4; interface of customers: never guessed)."""
    customer = somebody.customer
    if not customer.name:
        return f"@{somebody.points[0].display}"
    if customer.kind == "company":
        return customer.name
    return f"{customer.honorific} {customer.name.split()[0]}".strip()


def part_of_day(hour: int) -> str:
    """How Indonesians greet: *pagi* until ten, *siang* until three, *sore* until six, then *malam*."""
    return "pagi" if 4 <= hour < 10 else "siang" if 10 <= hour < 15 else "sore" if 15 <= hour < 18 else "malam"


def opening_of(story: Story, channel: str, words: dict[str, str], rng: random.Random) -> str:
    """The first message, dressed as the channel wears it: what is spoken is the agent's note of it."""
    if channel in SPOKEN and story.log:
        return story.log.format(**words)
    text = rng.choice(story.opening).format(**words)
    if channel == Channel.X:
        return f"@sapa_care {text}"
    if channel == Channel.SMS:
        return text.upper()
    if channel in (Channel.EMAIL, Channel.LETTER, Channel.PRESS):
        return f"{text}\n\nHormat kami,\n{words['nama']}"
    return text
