"""Playing acts in the order of time, with the clocks swept in between as if each moment were now."""

import datetime as dt
import itertools
import random
import tomllib
from collections.abc import Iterable
from pathlib import Path

from django.db.models import Min

from crm.cases.models import Breach, SlaClock
from crm.cases.silence import close_settled, end_silence
from crm.cases.sweep import Swept, sweep
from crm.demo.people import Cast
from crm.demo.scene import review
from crm.demo.telling import Act

ROUND = dt.timedelta(hours=4)
REVIEWS = tomllib.loads((Path(__file__).parent / "reviews.toml").read_text())["review"]
# The share of breaches that a supervisor has come to, and how soon.
REVIEWED, REVIEWED_AFTER = 0.7, dt.timedelta(hours=26)


class Stage:
    """The demo's own clock: it moves from act to act, and what time does happens on the way."""

    def __init__(self, cast: Cast, rng: random.Random, begins: dt.datetime) -> None:
        self.cast, self.rng = cast, rng
        self.next_round = begins
        self.passed_over: set[int] = set()

    def play(self, acts: Iterable[Act], until: dt.datetime) -> None:
        """Every act up to `until`; what would come later is left to the people who try the demo."""
        for _number, act in sorted(zip(itertools.count(), acts), key=lambda pair: (pair[1].at, pair[0])):
            if act.at <= until:
                self.pass_time(act.at)
                act.do(act.at)
        self.pass_time(until)

    def pass_time(self, until: dt.datetime) -> None:
        while self.next_round <= until:
            sweep_upto(self.next_round)
            end_silence(self.next_round)
            close_settled(self.next_round)
            self.review_breaches(self.next_round)
            self.next_round += ROUND
        sweep_upto(until)

    def review_breaches(self, at: dt.datetime) -> None:
        """Supervisors review by day what broke the day before; some they have not come to yet."""
        waiting = Breach.objects.filter(reviewed_at=None, withdrawn_at=None, due_at__lte=at - REVIEWED_AFTER)
        for breach in waiting.exclude(pk__in=self.passed_over).select_related("team").order_by("pk"):
            if self.rng.random() < REVIEWED:
                self.review(breach, at)
            else:
                self.passed_over.add(breach.pk)

    def review(self, breach: Breach, at: dt.datetime) -> None:
        said = self.rng.choice([one for one in REVIEWS if one["kind"] == breach.kind])
        lead = self.cast.supervisor_of(breach.team.code if breach.team else "social")
        review(breach, said["cause"], said["prevention"], lead, at)


def sweep_upto(until: dt.datetime) -> None:
    """Handle every mark at its own moment, so that what the sweep records is as old as it says."""
    while (wake := SlaClock.objects.filter(is_archive=False).aggregate(at=Min("wake_at"))["at"]) and wake <= until:
        if sweep(now=wake) == Swept():
            break
