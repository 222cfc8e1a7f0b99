"""Playing acts in the order of time, with the clocks swept in between as if each moment were now."""

import datetime as dt
import itertools
import random
from collections.abc import Iterable

from django.db.models import Min

from crm.cases.models import SlaClock
from crm.cases.silence import close_settled, end_silence
from crm.cases.sweep import Swept, sweep
from crm.demo.people import Cast
from crm.demo.reviewing import Reviewers
from crm.demo.telling import Act

ROUND = dt.timedelta(hours=4)


class Stage:
    """The demo's own clock: it moves from act to act, and what time does happens on the way."""

    def __init__(self, cast: Cast, rng: random.Random, begins: dt.datetime) -> None:
        self.next_round = begins
        self.reviewers = Reviewers(cast, rng)

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
            self.reviewers.come_round(self.next_round)
            self.next_round += ROUND
        sweep_upto(until)


def sweep_upto(until: dt.datetime) -> None:
    """Handle every mark at its own moment, so that what the sweep records is as old as it says."""
    while (wake := SlaClock.objects.filter(is_archive=False).aggregate(at=Min("wake_at"))["at"]) and wake <= until:
        if sweep(now=wake) == Swept():
            break
