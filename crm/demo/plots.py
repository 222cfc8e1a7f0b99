"""How demo cases go: each plot turns a scene into acts at times, from the opening to where the case stands now."""

import datetime as dt
from functools import partial

from crm.cases.words import Party
from crm.demo.scene import Scene
from crm.demo.telling import (
    ASKED,
    FOUND,
    LOOKED_AGAIN,
    NOT_OURS,
    STILL_THE_SAME,
    WROTE_AGAIN,
    Act,
    Acts,
    Telling,
    first_reply_after,
    minutes,
)

# Cases that have come to an end.


def settled(scene: Scene, at: dt.datetime) -> Acts:
    telling = Telling(scene, at)
    yield from telling.beginning(first_reply_after(scene))
    yield from telling.talk()
    yield from telling.until_settled(max(min(scene.rng.lognormvariate(1.6, 1.2), 60), 0.3))


def answered_late(scene: Scene, at: dt.datetime) -> Acts:
    telling = Telling(scene, at)
    yield from telling.beginning(minutes(scene.rng.uniform(17, 95)))
    yield telling.act(scene.accept, after=minutes(2))
    yield from telling.talk()
    yield from telling.until_settled(scene.rng.uniform(1, 40))


def settled_late(scene: Scene, at: dt.datetime) -> Acts:
    telling = Telling(scene, at)
    yield from telling.beginning(first_reply_after(scene))
    yield from telling.so_far()
    yield from telling.escalated(Party.DIVISION)
    yield from telling.until_solved(scene.rng.uniform(74, 100))


def settled_by_division(scene: Scene, at: dt.datetime) -> Acts:
    telling = Telling(scene, at)
    yield from telling.beginning(first_reply_after(scene))
    yield from telling.so_far()
    yield telling.act(scene.wait_for_division, after=minutes(2))
    yield from telling.escalated(Party.DIVISION, handed_back=scene.rng.choice((FOUND, NOT_OURS)))
    yield from telling.until_solved(scene.rng.uniform(7, 30))


def settled_by_supervisor(scene: Scene, at: dt.datetime) -> Acts:
    telling = Telling(scene, at)
    yield from telling.beginning(first_reply_after(scene))
    yield from telling.so_far()
    yield from telling.escalated(scene.rng.choice((Party.SUPERVISOR, Party.QUALITY)), handed_back=FOUND)
    yield from telling.until_solved(scene.rng.uniform(1, 20))


def settled_twice(scene: Scene, at: dt.datetime) -> Acts:
    yield from settled(scene, at)
    yield from came_back(scene, at + dt.timedelta(hours=scene.rng.uniform(75, 140)))


def came_back(scene: Scene, at: dt.datetime, settle: bool = True) -> Acts:
    """The customer writes after the settlement: the case opens again."""
    telling = Telling(scene, at)
    yield telling.hear(scene.rng.choice(STILL_THE_SAME), after=minutes(0))
    yield telling.say(LOOKED_AGAIN, after=minutes(scene.rng.uniform(2, 12)))
    if settle:
        yield from telling.until_solved(scene.rng.uniform(1, 3.5))


def fell_silent(scene: Scene, at: dt.datetime) -> Acts:
    """We asked, nobody answered: reminded, proposed, settled as no answer by the system."""
    telling = Telling(scene, at)
    yield from telling.beginning(first_reply_after(scene))
    yield telling.say(ASKED, after=minutes(20))
    yield telling.act(scene.wait_for_customer, after=minutes(1))


def cancelled(scene: Scene, at: dt.datetime) -> Acts:
    telling = Telling(scene, at)
    yield from telling.beginning(first_reply_after(scene))
    yield telling.act(scene.cancel, after=minutes(scene.rng.uniform(30, 300)))


def rejected(scene: Scene, at: dt.datetime) -> Acts:
    telling = Telling(scene, at)
    yield from telling.beginning(first_reply_after(scene))
    yield telling.act(scene.reject, after=minutes(scene.rng.uniform(10, 60)))


# Cases that are still running. `at` is when they began, and nothing that would end them follows.


def unanswered(scene: Scene, at: dt.datetime) -> Acts:
    yield Act(at, scene.open)


def taken_not_answered(scene: Scene, at: dt.datetime) -> Acts:
    telling = Telling(scene, at)
    yield telling.act(scene.open)
    yield telling.act(scene.assign, after=minutes(1))


def being_worked_on(scene: Scene, at: dt.datetime) -> Acts:
    telling = Telling(scene, at)
    yield from telling.beginning(first_reply_after(scene))
    yield from telling.so_far()


def waiting_for_customer(scene: Scene, at: dt.datetime) -> Acts:
    yield from fell_silent(scene, at)


def waiting_for_division(scene: Scene, at: dt.datetime) -> Acts:
    telling = Telling(scene, at)
    yield from telling.beginning(first_reply_after(scene))
    yield from telling.so_far()
    yield telling.act(scene.wait_for_division, after=minutes(3))
    yield from telling.escalated(Party.DIVISION, accepted=scene.rng.random() < 0.7)


def waiting_for_appointment(scene: Scene, at: dt.datetime) -> Acts:
    telling = Telling(scene, at)
    yield from telling.beginning(first_reply_after(scene))
    until = at + dt.timedelta(hours=scene.rng.uniform(52, 70))
    yield telling.act(partial(scene.wait_for_appointment, until), after=minutes(15))


def handed_up(scene: Scene, at: dt.datetime) -> Acts:
    telling = Telling(scene, at)
    yield from telling.beginning(first_reply_after(scene))
    yield from telling.so_far()
    party = scene.rng.choice((Party.SUPERVISOR, Party.QUALITY, Party.DIVISION))
    yield from telling.escalated(party, accepted=scene.rng.random() < 0.6)


def handed_back(scene: Scene, at: dt.datetime) -> Acts:
    telling = Telling(scene, at)
    yield from telling.beginning(first_reply_after(scene))
    yield from telling.so_far()
    yield from telling.escalated(Party.DIVISION, handed_back=NOT_OURS)


def reopened(scene: Scene, at: dt.datetime) -> Acts:
    telling = Telling(scene, at)
    yield from telling.beginning(first_reply_after(scene))
    yield from telling.talk()
    yield from telling.until_settled(4)
    yield from came_back(scene, telling.at + dt.timedelta(hours=30), settle=False)


def spoke_again(scene: Scene, at: dt.datetime, again_at: dt.datetime) -> Acts:
    """An answered case whose customer wrote a moment ago: a second reply clock runs."""
    yield from being_worked_on(scene, at)
    yield Act(again_at, partial(scene.hear, WROTE_AGAIN[scene.number % len(WROTE_AGAIN)]))
