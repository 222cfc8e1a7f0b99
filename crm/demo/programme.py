"""Which cases the demo holds: how many go which way, and when each began."""

import datetime as dt
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

from crm.cases.models import Category
from crm.cases.words import Kind
from crm.demo import plots
from crm.demo.customers import Somebody
from crm.demo.people import Cast, signature
from crm.demo.plots import Act
from crm.demo.scene import Scene
from crm.demo.story import SPOKEN, Story, stories, words_for
from crm.timeline.models import Channel

Plot = Callable[[Scene, dt.datetime], Iterator[Act]]
Ages = Callable[[random.Random], float]

# How often customers come on each channel, of a thousand.
CHANNELS = {
    Channel.X: 210,
    Channel.WHATSAPP: 190,
    Channel.CALL: 190,
    Channel.EMAIL: 120,
    Channel.INSTAGRAM: 95,
    Channel.COUNTER: 85,
    Channel.FACEBOOK: 45,
    Channel.SMS: 25,
    Channel.WEB: 20,
    Channel.LETTER: 10,
    Channel.IVR: 5,
    Channel.PRESS: 5,
}
# Share of a day's cases by hour, 0 to 23, local time.
HOURS = (1, 1, 1, 1, 1, 2, 3, 5, 8, 10, 10, 9, 8, 8, 8, 8, 7, 7, 7, 8, 8, 6, 4, 2)
HOUR, MINUTE = 3600, 60
# Seconds until the first reply is due, for those that break while somebody watches.
SOON = (75, 140, 210, 290, 375, 470, 575, 690)


class Part(NamedTuple):
    """`count` cases go by `plot`; `age` draws how many seconds ago one began."""

    plot: Plot
    count: int
    age: Ages
    written: bool = False
    settles: bool = False


def past(rng: random.Random) -> float:
    """Between 3.3 and 30 days ago, more of them lately: the operator grows."""
    while (days := 3.3 + rng.expovariate(1 / 13)) > 30:
        pass
    return days * 24 * HOUR


def hours_ago(least: float, most: float) -> Ages:
    return lambda rng: rng.uniform(least, most) * HOUR


ENDED = (
    Part(plots.settled, 190, past),
    Part(plots.settled, 16, hours_ago(9, 70)),
    Part(plots.answered_late, 24, past),
    Part(plots.settled_late, 7, lambda rng: past(rng) + 30 * HOUR, settles=True),
    Part(plots.settled_by_division, 26, past, settles=True),
    Part(plots.settled_by_supervisor, 14, past),
    Part(plots.settled_twice, 10, lambda rng: rng.uniform(7, 26) * 24 * HOUR, settles=True),
    Part(plots.fell_silent, 9, lambda rng: rng.uniform(4, 26) * 24 * HOUR, settles=True),
    Part(plots.cancelled, 8, past),
    Part(plots.rejected, 6, past),
)
RUNNING = (
    Part(plots.unanswered, 4, lambda rng: rng.uniform(17, 80) * MINUTE, written=True),
    Part(plots.being_worked_on, 20, hours_ago(2, 56)),
    Part(plots.being_worked_on, 6, hours_ago(68.3, 71.9), settles=True),
    Part(plots.being_worked_on, 3, hours_ago(73, 92), settles=True),
    Part(plots.waiting_for_customer, 8, hours_ago(2, 56), settles=True),
    Part(plots.waiting_for_division, 8, hours_ago(5, 56), settles=True),
    Part(plots.waiting_for_appointment, 4, hours_ago(3, 40), settles=True),
    Part(plots.handed_up, 8, hours_ago(4, 50), settles=True),
    Part(plots.handed_back, 3, hours_ago(30, 56), settles=True),
    Part(plots.reopened, 3, hours_ago(44, 56), settles=True),
)
SPOKE_AGAIN, PAIRS_TO_MERGE = 6, 5


@dataclass
class Writer:
    """Casts scenes: draws customer, story, channel and agent, so that no two cases read alike."""

    cast: Cast
    categories: dict[str, Category]
    people: list[Somebody]
    now: dt.datetime
    rng: random.Random
    number: int = 0

    def history(self) -> Iterator[Act]:
        """Every act of the last thirty days, case after case."""
        for part in (*ENDED, *RUNNING):
            for _ in range(part.count):
                yield from self.play(part)
        for _ in range(SPOKE_AGAIN):
            again_at = self.now - dt.timedelta(minutes=self.rng.uniform(1, 11))
            plot = partial(plots.spoke_again, again_at=again_at)
            yield from self.play(Part(plot, 1, hours_ago(3, 40), written=True))
        for _ in range(PAIRS_TO_MERGE):
            yield from self.merged_pair()

    def play(self, part: Part) -> Iterator[Act]:
        at = self.now - dt.timedelta(seconds=part.age(self.rng))
        if part in ENDED:
            at = self.by_daylight(at)
        return part.plot(self.scene(at, written=part.written, settles=part.settles), at)

    def about_to_breach(self) -> Iterator[Act]:
        """Unanswered cases whose first reply is due within minutes, two of three with nobody on them; a few brand new."""
        new = [self.rng.uniform(740, 880) for _ in range(4)]
        for turn, left in enumerate((*SOON, *new)):
            at = self.now - dt.timedelta(seconds=15 * MINUTE - left)
            plot = plots.taken_not_answered if turn % 3 == 1 else plots.unanswered
            yield from plot(self.scene(at, written=True), at)

    def merged_pair(self) -> Iterator[Act]:
        """One matter that came twice, told to us on two channels."""
        at = self.by_daylight(self.now - dt.timedelta(seconds=past(self.rng)))
        first, second = self.scene(at), self.scene(at)
        second.somebody, second.story, second.words = first.somebody, first.story, first.words
        yield from plots.settled_by_supervisor(first, at)
        later = at + dt.timedelta(minutes=self.rng.uniform(3, 9))
        yield from plots.taken_not_answered(second, later)
        second.channel = second.channel if second.channel != first.channel else Channel.WHATSAPP
        yield Act(later + dt.timedelta(minutes=4), partial(second.merge_into, first))

    def by_daylight(self, at: dt.datetime) -> dt.datetime:
        """The same day at an hour at which people write; never later than it was."""
        hour = self.rng.choices(range(24), HOURS)[0]
        local = at.astimezone(ZoneInfo("Asia/Jakarta"))
        chosen = local.replace(hour=hour, minute=self.rng.randrange(60), second=self.rng.randrange(60))
        return min(chosen, chosen - dt.timedelta(days=1) if chosen > local else chosen)

    def scene(self, at: dt.datetime, *, written: bool = False, settles: bool = False) -> Scene:
        channel = self.rng.choices(list(CHANNELS), list(CHANNELS.values()))[0]
        while written and channel in SPOKEN:
            channel = self.rng.choices(list(CHANNELS), list(CHANNELS.values()))[0]
        story = self._story(channel, settles)
        somebody = self._customer(channel, story)
        agent = self.rng.choice(self._agents(channel, somebody))
        self.number += 1
        return Scene(
            number=self.number,
            cast=self.cast,
            categories=self.categories,
            somebody=somebody,
            story=story,
            channel=channel,
            agent=agent,
            words=words_for(somebody, signature(agent.name), at, self.rng),
            rng=self.rng,
        )

    def _story(self, channel: str, settles: bool) -> Story:
        """A story told on this channel; with a settlement clock where the plot needs one."""
        fitting = [s for s in stories() if channel in s.channels and not (settles and s.kind == Kind.SUGGESTION)]
        return self.rng.choice(fitting)

    def _customer(self, channel: str, story: Story) -> Somebody:
        fitting = [one for one in self.people if one.can_be_reached_by(channel)]
        companies = [one for one in fitting if one.customer.kind == "company"]
        if story.company and companies:
            return self.rng.choice(companies)
        persons = [one for one in fitting if one.customer.kind == "person" and self._comes_to(one, channel)]
        return self.rng.choice(persons)

    def _comes_to(self, one: Somebody, channel: str) -> bool:
        """A counter visit takes place where we have an office."""
        return channel != Channel.COUNTER or "office" in one.city

    def _agents(self, channel: str, somebody: Somebody) -> list:
        agents = self.cast.agents_of(self.cast.team_taking(channel))
        here = [one for one in agents if one.office and one.office.name == somebody.office]
        return here or agents
