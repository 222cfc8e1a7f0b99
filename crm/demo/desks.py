"""What the demo's people know, how much each can hold, how their day went; and one team that hands out by itself."""

import datetime as dt
import random
from itertools import pairwise

from django.utils import timezone

from crm.cases.models import Category
from crm.demo.people import Cast
from crm.staff.models import Attendance, Presence, PresenceSpan, Role, Skill, Team, User

SKILLS = (
    ("network", "Jaringan", "Network"),
    ("billing", "Tagihan", "Billing"),
    ("security", "Keamanan data", "Data security"),
    ("english", "Bahasa Inggris", "English"),
    ("sundanese", "Bahasa Sunda", "Sundanese"),
)
KNOWS = {
    "sari": ("network", "english"),
    "dimas": ("billing", "security"),
    "putri": ("network", "billing", "english"),
    "joko": ("network", "billing"),
    "mega": ("billing", "security"),
    "wayan": ("network", "english"),
    "asep": ("billing", "sundanese"),
    "tenri": ("network",),
}
# Which branch of the categories asks for which skill.
ASKED_FOR = {"billing": "billing", "security": "security"}
HOLDS = {"dimas": (20, {}), "putri": (18, {"x": 10}), "joko": (16, {}), "wayan": (12, {"call": 8}), "mega": (16, {})}
HANDS_OUT = "call-centre"
# Nobody signs in as most of the demo's people: they are at their desks until somebody does.
THERE_UNTIL = dt.timedelta(days=365)
COMES_AT, LEAST_HOURS = 7, 3
# State and how long at a stretch, in minutes.
RHYTHM = (
    (Presence.AVAILABLE, (25, 80)),
    (Presence.BUSY, (8, 30)),
    (Presence.WRAP_UP, (2, 4)),
    (Presence.AVAILABLE, (30, 70)),
    (Presence.AWAY, (10, 25)),
)


def set_up_desks(cast: Cast, rng: random.Random, now: dt.datetime) -> None:
    teach(cast)
    for name, (capacity, by_channel) in HOLDS.items():
        User.objects.filter(pk=cast.users[name].pk).update(capacity=capacity, channel_capacity=by_channel)
    # The others' cases wait for those who try the demo, however long they take.
    Team.objects.exclude(code=HANDS_OUT).update(take_back_minutes=0, take_back_percent=0)
    Team.objects.filter(code=HANDS_OUT).update(hands_out=True)
    there = now + THERE_UNTIL
    Attendance.objects.bulk_create(
        Attendance(user=user, acted_at=there, present_at=there) for user in cast.users.values()
    )
    workers = [user for user in cast.users.values() if user.role in (Role.AGENT, Role.SUPERVISOR)]
    PresenceSpan.objects.bulk_create(span for user in workers for span in day_of(user, rng, now))


def teach(cast: Cast) -> None:
    skills = {
        code: Skill.objects.create(code=code, name=name, name_en=name_en, position=position)
        for position, (code, name, name_en) in enumerate(SKILLS)
    }
    for name, known in KNOWS.items():
        cast.users[name].skills.set([skills[code] for code in known])
    for branch, code in ASKED_FOR.items():
        Category.objects.filter(parent__code=branch).update(skill=skills[code])


def day_of(user: User, rng: random.Random, now: dt.datetime) -> list[PresenceSpan]:
    """From when they came until now, in turns; the last one is the state they are in."""
    seven = timezone.localtime(now).replace(hour=COMES_AT, minute=rng.randrange(30), second=0, microsecond=0)
    at = min(seven, now - dt.timedelta(hours=LEAST_HOURS))
    marks: list[tuple[dt.datetime, str]] = []
    turn = 0
    while at < user.presence_since:
        presence, (least, most) = RHYTHM[turn % len(RHYTHM)]
        marks.append((at, presence))
        at, turn = at + dt.timedelta(minutes=rng.randint(least, most)), turn + 1
    marks.append((user.presence_since, user.presence))
    ended = [PresenceSpan(user=user, presence=was, since=a, until=b) for (a, was), (b, _next) in pairwise(marks)]
    return [*ended, PresenceSpan(user=user, presence=user.presence, since=user.presence_since)]
