"""Which cases the demo holds: how many go which way, and when each began."""

import datetime as dt
import random
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from crm.cases.models import Category
from crm.demo import plots
from crm.demo.customers import Somebody
from crm.demo.people import Cast, signature
from crm.demo.scene import Scene
from crm.demo.story import SPOKEN, Story, stories, words_for
from crm.demo.telling import Act
from crm.staff.models import User
from crm.timeline.models import Channel

Plot = Callable[[Scene, dt.datetime], Iterator[Act]]
Ages = Callable[[random.Random], float]

# How often customers come on each channel, of a thousand. Most come where this version can answer them directly.
CHANNELS = {
    Channel.CALL: 230,
    Channel.EMAIL: 200,
    Channel.X: 140,
    Channel.COUNTER: 130,
    Channel.WHATSAPP: 120,
    Channel.INSTAGRAM: 70,
    Channel.FACEBOOK: 35,
    Channel.WEB: 25,
    Channel.SMS: 20,
    Channel.LETTER: 15,
    Channel.IVR: 10,
    Channel.PRESS: 5,
}
# Share of a day's cases by hour, 0 to 23, local time.
HOURS = (1, 1, 1, 1, 1, 2, 3, 5, 8, 10, 10, 9, 8, 8, 8, 8, 7, 7, 7, 8, 8, 6, 4, 2)
HOUR, MINUTE = 3600, 60
# Seconds until the first reply is due, for those that break while somebody watches.
SOON = (75, 140, 210, 290, 375, 470, 575, 690)


class Part(NamedTuple):
    """`cases` of them go by `plot`; `age` draws how many seconds ago one began, `tells` says which stories fit."""

    plot: Plot
    cases: int
    age: Ages
    tells: Callable[[Story], bool] = bool
    channels: Container[str] = tuple(Channel)


def past(rng: random.Random) -> float:
    """Between two and a half and 30 days ago, more of them lately: the operator grows."""
    while (days := 2.5 + rng.expovariate(1 / 13)) > 30:
        pass
    return days * 24 * HOUR


def days_ago(least: float, most: float) -> Ages:
    return lambda rng: rng.uniform(least, most) * 24 * HOUR


def hours_ago(least: float, most: float) -> Ages:
    return lambda rng: rng.uniform(least, most) * HOUR


long, idea, visit = attrgetter("takes_time"), attrgetter("has_no_deadline"), attrgetter("needs_a_visit")
WRITTEN = tuple(channel for channel in Channel if channel not in SPOKEN)
# A reminder to a silent customer leaves by itself on e-mail, and nobody at .example should get one.
QUIET = tuple(channel for channel in Channel if channel not in (Channel.EMAIL, Channel.LETTER))
ENDED = (
    Part(plots.settled, 183, past),
    Part(plots.answered_late, 24, past),
    Part(plots.settled_late, 8, days_ago(4.5, 28), long),
    Part(plots.settled_by_division, 26, past, long),
    Part(plots.settled_by_supervisor, 14, past, long),
    Part(plots.settled_twice, 10, days_ago(7, 26), long),
    Part(plots.fell_silent, 9, days_ago(4, 26), long, QUIET),
    Part(plots.cancelled, 8, past),
    Part(plots.rejected, 6, past),
)
LATELY = (
    Part(plots.settled, 12, hours_ago(8, 50)),
    Part(plots.unanswered, 3, hours_ago(0.3, 1.4), channels=WRITTEN),
    Part(plots.being_worked_on, 18, hours_ago(1.5, 50), long),
    Part(plots.being_worked_on, 3, hours_ago(5, 60), idea),
    Part(plots.being_worked_on, 6, hours_ago(68.3, 71.9), long),
    Part(plots.being_worked_on, 3, hours_ago(73, 92), long),
    Part(plots.waiting_for_customer, 8, hours_ago(2, 56), long, QUIET),
    Part(plots.waiting_for_division, 8, hours_ago(5, 56), long),
    Part(plots.waiting_for_appointment, 4, hours_ago(3, 40), visit),
    Part(plots.handed_up, 8, hours_ago(4, 50), long),
    Part(plots.handed_back, 3, hours_ago(30, 56), long),
    Part(plots.reopened, 3, hours_ago(44, 56), long),
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
        for part in ENDED:
            yield from self.play(part, by_day=True)
        for part in LATELY:
            yield from self.play(part)
        for _ in range(SPOKE_AGAIN):
            again_at = self.now - dt.timedelta(minutes=self.rng.uniform(1, 11))
            plot = partial(plots.spoke_again, again_at=again_at)
            yield from self.play(Part(plot, 1, hours_ago(3, 40), long, WRITTEN))
        for _ in range(PAIRS_TO_MERGE):
            yield from self.merged_pair()

    def play(self, part: Part, by_day: bool = False) -> Iterator[Act]:
        for _ in range(part.cases):
            at = self.now - dt.timedelta(seconds=part.age(self.rng))
            at = self.by_daylight(at) if by_day else at
            yield from part.plot(self.scene(at, part.tells, part.channels), at)

    def about_to_breach(self) -> Iterator[Act]:
        """Unanswered cases whose first reply is due within minutes, two of three with nobody on them."""
        new = [self.rng.uniform(740, 880) for _ in range(4)]
        for turn, left in enumerate((*SOON, *new)):
            at = self.now - dt.timedelta(seconds=15 * MINUTE - left)
            plot = plots.taken_not_answered if turn % 3 == 1 else plots.unanswered
            yield from plot(self.scene(at, channels=WRITTEN), at)

    def merged_pair(self) -> Iterator[Act]:
        """One matter that came twice, told to us on two channels."""
        at = self.by_daylight(self.now - dt.timedelta(seconds=past(self.rng)))
        first = self.scene(at, long, QUIET)
        second = replace(first, number=self.number + 1, channel=self._other_channel(first))
        self.number += 1
        yield from plots.settled_by_supervisor(first, at)
        later = at + dt.timedelta(minutes=self.rng.uniform(3, 9))
        yield from plots.taken_not_answered(second, later)
        yield Act(later + dt.timedelta(minutes=4), partial(second.merge_into, first))

    def _other_channel(self, scene: Scene) -> str:
        return Channel.CALL if scene.channel != Channel.CALL else Channel.WHATSAPP

    def by_daylight(self, at: dt.datetime) -> dt.datetime:
        """The same day at an hour at which people write, or the day before: never later than it was."""
        hour = self.rng.choices(range(24), HOURS)[0]
        local = at.astimezone(ZoneInfo("Asia/Jakarta"))
        chosen = local.replace(hour=hour, minute=self.rng.randrange(60), second=self.rng.randrange(60))
        return chosen if chosen <= local else chosen - dt.timedelta(days=1)

    def scene(
        self, at: dt.datetime, tells: Callable[[Story], bool] = bool, channels: Container[str] = Channel
    ) -> Scene:
        usual = {channel: share for channel, share in CHANNELS.items() if channel in channels}
        channel = self.rng.choices(list(usual), list(usual.values()))[0]
        fitting = [story for story in stories() if tells(story)]
        told_here = [story for story in fitting if channel in story.channels]
        story = self.rng.choice(told_here or fitting)
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

    def _customer(self, channel: str, story: Story) -> Somebody:
        fitting = [one for one in self.people if one.can_be_reached_by(channel)]
        companies = [one for one in fitting if one.customer.kind == "company"]
        if story.company and companies:
            return self.rng.choice(companies)
        return self.rng.choice([one for one in fitting if self._comes_by(one, channel)])

    def _comes_by(self, one: Somebody, channel: str) -> bool:
        """A counter visit takes place where we have an office."""
        return one.customer.kind == "person" and (channel != Channel.COUNTER or "office" in one.city)

    def _agents(self, channel: str, somebody: Somebody) -> list[User]:
        agents = self.cast.agents_of(self.cast.team_taking(channel))
        here = [one for one in agents if one.office and one.office.name == somebody.office]
        return here or agents
