"""What people and the outbox made of the year's tasks: as the programme's own verbs leave it, written in bulk.

Each task is told to its end, or up to now: what is left then is the work that waits for those who try the demo.
"""

import datetime as dt
import random
import tomllib
import zoneinfo
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from caring.deciding import NO_CONTACT
from caring.following import BETWEEN, CHANNEL, CHECKS_IN, OFFERS, SPOKEN, keys_of
from caring.models import Attempt, Score, Suppression, Task
from caring.reach import case_of
from caring.rendering import render
from caring.sending import CALLED_TOO, WRITTEN
from caring.words import Outcome, State, Way, Why
from crm.customers.models import Purpose, Reveal, Tier
from crm.demo.caring.desks import Desks, Facts
from crm.messaging import channels
from crm.messaging.models import Message
from crm.staff.models import User
from crm.timeline.models import Channel, Direction, Interaction

NOTES: dict[str, list[str]] = tomllib.loads((Path(__file__).parent / "notes.toml").read_text())
DAY, HOUR, MINUTE, SECOND = (dt.timedelta(**{unit: 1}) for unit in ("days", "hours", "minutes", "seconds"))
# What comes of a hundred calls.
COMES = {Outcome.REACHED: 60, Outcome.NO_ANSWER: 27, Outcome.CALL_BACK: 6, Outcome.REFUSED: 7}
LOST = 0.03  # of messages
LATE = 0.06  # of calls are made after their time
OFFERED, TAKEN, NOTED = 0.7, 0.4, 0.75
# Of the text messages of the last days: the SMS centre broke off, and nobody has said yet what came of it.
DOUBTFUL, OF_LATE = 0.2, 3 * DAY
LEFT = 0.6  # of the calls of the last days: there is work to do
TASK_COLUMNS = {
    "state": "text", "channel": "text", "tried": "int", "outcome": "text", "why": "text", "reason": "text",
    "offer": "text", "offer_taken": "bool", "assignee_id": "bigint", "next_at": "timestamptz", "due_at": "timestamptz",
    "closed_at": "timestamptz",
}  # fmt: skip
UPDATE = f"""
    UPDATE caring_task t SET {", ".join(f"{name} = n.{name}" for name in TASK_COLUMNS)}
    FROM unnest(%(id)s::bigint[], {", ".join(f"%({name})s::{kind}[]" for name, kind in TASK_COLUMNS.items())})
        n (id, {", ".join(TASK_COLUMNS)})
    WHERE t.id = n.id
"""


def work(desks: Desks, tasks: Iterable[Task]) -> None:
    """Each of them told once, and kept."""
    told = [task for task in tasks if task.pk not in desks.seen]
    desks.seen |= {task.pk for task in told}
    for task in told:
        Telling(desks, task).tell()
    columns = {name: [getattr(task, name) for task in told] for name in ("id", *TASK_COLUMNS)}
    with connection.cursor() as cursor:
        cursor.execute(UPDATE, columns)
    Task.objects.bulk_create(desks.again)
    desks.again.clear()


class Telling:
    """One task, from attempt to attempt."""

    def __init__(self, desks: Desks, task: Task) -> None:
        self.desks, self.task, self.rng = desks, task, desks.rng
        self.ends_at = self._reason_ends()

    def tell(self) -> None:
        task, now = self.task, self.desks.now
        while task.state in Task.DUE:
            at = self._when()
            if self.ends_at and self.ends_at < at:
                if self.ends_at <= now:
                    self.close(State.ENDED, self.ends_at)
                return
            if at > now:
                task.state = State.WAITING if task.next_at > now else State.OPEN
                return
            if not self._may(at):
                continue
            if task.channel in WRITTEN:
                self._write(at)
            elif task.channel == Way.FORM:
                self._score(at)
            else:
                self._call(at)

    def close(self, state: str, at: dt.datetime, by: User | None = None) -> None:
        task = self.task
        task.state, task.closed_at = state, at
        said = {
            "stage": task.stage_id, "state": state, "outcome": task.outcome, "why": task.why,
            "line": task.subscription_id, "points": task.version.points if state == State.DONE else 0,
        }  # fmt: skip
        self.desks.record("caring.closed", task, at, lambda: said, customer=task.customer_id, by=by)
        if task.stage_id == CHECKS_IN and state in (State.DONE, State.FAILED):
            self._check_in_again(at)

    def _reason_ends(self) -> dt.datetime | None:
        """When the bill was paid, or the line was opened again."""
        task, day = self.task, None
        if task.stage_id == 12 and task.facts.get("bill"):
            day = self.desks.paid.get(task.facts["bill"])
        elif task.stage_id in (13, 14) and (life := self.desks.lives.get(task.subscription_id or 0)):
            day = life.restored
        if day is None:
            return None
        begins = dt.datetime.combine(day, dt.time(9), zoneinfo.ZoneInfo(settings.TIME_ZONE))
        ends = begins + MINUTE * (task.pk % 400)
        return ends if ends > task.created_at else None

    def _when(self) -> dt.datetime:
        """When its next attempt is made."""
        task, begins = self.task, max(self.task.next_at, self.task.created_at)
        if task.channel in WRITTEN:
            at = begins + SECOND * self.rng.randint(20, 90)
            return at if task.channel in (Way.EMAIL, Way.LETTER) else self.desks.in_hours(at, task.customer)
        room = max(HOUR * 2, task.due_at - begins)
        share = self.rng.uniform(1.0, 1.4) if self.rng.random() < LATE else self.rng.betavariate(1.2, 2.4)
        if self.desks.now - begins < OF_LATE and self.rng.random() < LEFT:
            share = self.rng.uniform(0.7, 1.8)
        return self.desks.in_hours(begins + room * share, task.customer)

    def _may(self, at: dt.datetime) -> bool:
        """The policy's cap: put off by a day, or left out where that is too late."""
        task = self.task
        if not task.stage.is_courtesy or task.tried or self.desks.has_room(task.customer_id, at):
            return True
        until = at + DAY if at + DAY <= task.due_at else None
        task.why = Why.CAP
        self.desks.put_off.append(Suppression(task=task, why=Why.CAP, at=at, until=until))
        if until:
            task.state, task.next_at = State.WAITING, until
        else:
            self.close(State.SUPPRESSED, at)
        return False

    def _attempt(self, outcome: str, at: dt.datetime, **more: Any) -> Attempt:
        task = self.task
        task.tried, task.outcome = task.tried + 1, outcome
        if task.stage.is_courtesy and outcome not in NO_CONTACT:
            self.desks.courtesies[task.customer_id].append(at)
        attempt = Attempt(task=task, number=task.tried, channel=task.channel, outcome=outcome, at=at, **more)
        self.desks.attempts.append(attempt)
        return attempt

    def _fall_through(self, at: dt.datetime, why: str = "") -> None:
        task = self.task
        task.why = why
        if channel := task.next_channel:
            task.channel, task.state, task.next_at = channel, State.OPEN, at
        else:
            self.close(State.FAILED, at)

    def _write(self, at: dt.datetime) -> None:
        road = self._road()
        body = render(self.task, "message") if road else ""
        if not road or not body:
            self._fall_through(at, Why.UNREACHABLE)
            return
        task, (channel, account, recipient) = self.task, road
        lost = channel == Channel.SMS and (self.rng.random() < LOST or self._is_unlucky())
        doubtful = channel == Channel.SMS and not lost and self._is_doubtful(at)
        sent_at = at + SECOND * self.rng.randint(2, 25)
        subject = render(task, "subject") if channel == Channel.EMAIL else ""
        contact = Interaction(
            customer=task.customer, channel=channel, account=account, direction=Direction.OUT, by_person=False,
            text=body, subject=subject, at=at, voided_at=sent_at if lost else None,
        )  # fmt: skip
        key = f"caring:{task.pk}:{task.tried + 1}"
        message = Message(
            interaction=contact, customer=task.customer, channel=channel, account=account, recipient=recipient,
            body=body, subject=subject, key=key, purpose=Purpose.CARE if task.stage.is_courtesy else "",
            external_id=channels.get(channel).own_id(key=key, account=account), send_at=at, created_at=at, attempts=1,
            begun_at=sent_at, state=Message.State.FAILED if lost else Message.State.SENT,
            sent_at=None if lost or doubtful else sent_at,
        )  # fmt: skip
        if doubtful:
            message.state, message.error = Message.State.UNCERTAIN, "ReadTimeout"
        self.desks.contacts.append(contact)
        self.desks.messages.append(message)
        self._attempt(Outcome.UNDELIVERED if lost else Outcome.SENT, at, message=message)
        said: Facts = lambda: {"interaction": contact.pk, "channel": channel}  # noqa: E731
        self.desks.record("message.queued", message, at, said, customer=task.customer_id)
        kind = "message.failed" if lost else "message.uncertain" if doubtful else "message.sent"
        self.desks.record(kind, message, sent_at, said, customer=task.customer_id)
        if lost:
            self._fall_through(sent_at)
        elif doubtful:
            task.state = State.SENT
        elif self._is_called_too():
            task.channel, task.state = task.next_channel, State.WAITING
            task.next_at = sent_at + HOUR * task.version.pause_hours
        else:
            self.close(State.DONE, sent_at)

    def _is_called_too(self) -> bool:
        """As caring/sending.py."""
        good = self.task.customer.tier in (Tier.GOLD, Tier.PLATINUM)
        return self.task.stage_id in CALLED_TOO and good and self.task.next_channel == Way.CALL

    def _is_unlucky(self) -> bool:
        """One of each stage is never reached, whatever is tried: none has gone well each time."""
        return self.desks.unlucky.setdefault(self.task.stage_id, self.task.pk) == self.task.pk

    def _is_doubtful(self, at: dt.datetime) -> bool:
        return self.desks.now - at < OF_LATE and self.rng.random() < DOUBTFUL

    def _road(self) -> tuple[str, str, str] | None:
        """Channel, account, recipient; None where nobody can be reached this way."""
        task = self.task
        if task.channel == Way.SAME:
            case = case_of(task)
            known = self.desks.points.get((task.customer_id, "handle"))
            return (case.channel, case.account, known) if case and case.channel == Channel.X and known else None
        if task.channel == Way.LETTER:
            return None
        line = task.subscription
        number = line.msisdn if line and line.is_held and line.msisdn.startswith("+") else ""
        kind = "email" if task.channel == Way.EMAIL else "msisdn"
        found = (number if kind == "msisdn" else "") or self.desks.points.get((task.customer_id, kind), "")
        return (task.channel, "", found) if found else None

    def _take(self, at: dt.datetime) -> User:
        """Taken, and what is shown to who takes it."""
        task, by = self.task, self.desks.whoever_does(self.task)
        taken = max(at - SECOND * self.rng.randint(40, 400), task.created_at)
        task.assignee, task.why, task.state = by, "", State.OPEN
        self.desks.record(
            "caring.taken", task, taken, lambda: {"stage": task.stage_id}, customer=task.customer_id, by=by
        )
        what = {Way.CALL: "msisdn", Way.VISIT: "address"}.get(Way(task.channel))
        if what:
            reveal = Reveal(customer=task.customer, what=what, by=by, reason=str(task.stage), at=taken)
            self.desks.reveals.append(reveal)
            said = {"address": True} if what == "address" else {"contact": what}
            self.desks.record("customer.revealed", task.customer, taken, lambda: {"reveal": reveal.pk} | said,
                              customer=task.customer_id, by=by)  # fmt: skip
        return by

    def _call(self, at: dt.datetime) -> None:
        task, by = self.task, self._take(at)
        outcome = self.rng.choices(list(COMES), list(COMES.values()))[0]
        if self._is_unlucky():
            outcome = Outcome.NO_ANSWER
        note = self._note(outcome)
        channel = task.channel
        self._attempt(outcome, at, by=by, note=note)
        if outcome in SPOKEN:
            self.desks.contacts.append(Interaction(
                customer=task.customer, channel=CHANNEL[channel], direction=Direction.OUT, staff=by,
                subject=task.version.name, text=note, at=at,
            ))  # fmt: skip
        if outcome == Outcome.REACHED:
            self._answers()
            self.close(State.DONE, at, by)
        elif outcome == Outcome.REFUSED:
            task.why = Why.REFUSED
            self.close(State.ENDED, at, by)
        else:
            self._try_again(outcome, at, by)
        if task.is_running:
            said = {"stage": task.stage_id, "outcome": outcome, "channel": channel}
            self.desks.record("caring.tried", task, at, lambda: said, customer=task.customer_id, by=by)

    def _note(self, outcome: str) -> str:
        """What the agent writes down; often nothing."""
        if outcome not in NOTES or self.rng.random() > NOTED:
            return ""
        by_stage = NOTES.get(f"stage_{self.task.stage_id}") if outcome == Outcome.REACHED else None
        return self.rng.choice(by_stage or NOTES[outcome])

    def _try_again(self, outcome: str, at: dt.datetime, by: User) -> None:
        task = self.task
        if outcome == Outcome.NO_ANSWER and task.tried >= task.version.attempts:
            self.close(State.FAILED, at, by)
            return
        pause = HOUR * self.rng.randint(3, 50) if outcome == Outcome.CALL_BACK else HOUR * task.version.pause_hours
        task.state, task.assignee = State.WAITING, None
        task.next_at = self.desks.in_hours(at + pause, task.customer)
        if outcome == Outcome.CALL_BACK:
            task.due_at = max(task.due_at, task.next_at)

    def _answers(self) -> None:
        task = self.task
        if reasons := keys_of(task, "reasons"):
            task.reason = self.rng.choices(reasons, range(len(reasons) + 2, 2, -1))[0]
        if task.stage_id in OFFERS and self.rng.random() < OFFERED:
            task.offer = self.rng.choice(keys_of(task, "offers"))
            task.offer_taken = self.rng.random() < TAKEN if self.rng.random() < 0.85 else None

    def _score(self, at: dt.datetime) -> None:
        task, case = self.task, case_of(self.task)
        by = self._take(at)
        if case is None or case.assignee_id == by.pk:
            return
        self._attempt(Outcome.REACHED, at, by=by)
        skill = random.Random(f"skill {case.assignee_id}").uniform(-0.5, 0.4)
        marks = {key: min(4, max(0, round(self.rng.gauss(3.1 + skill, 0.8)))) for key in keys_of(task, "questions")}
        comment = self.rng.choice(NOTES["score"]) if self.rng.random() < 0.4 else ""
        self.desks.scores.append(
            Score(task=task, case=case, agent=case.assignee, marks=marks, comment=comment, by=by, at=at)
        )
        self.close(State.DONE, at, by)

    def _check_in_again(self, at: dt.datetime) -> None:
        """As caring/following.py: thirty days on."""
        task, begins = self.task, at + BETWEEN
        first = task.occasion.partition("+")[0]
        self.desks.again.append(Task(
            stage=task.stage, version=task.version, way=task.way, customer=task.customer, subscription=None,
            occasion=f"{first}+2", facts=task.facts, state=State.WAITING, channel=task.channels[0], value=task.value,
            occurred_at=begins, next_at=begins, due_at=begins + HOUR * task.version.due_hours, created_at=at,
        ))  # fmt: skip
