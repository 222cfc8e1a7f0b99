"""Measures of everybody, a few who were brought in by others, and two segments to begin with."""

import datetime as dt
import random

from crm.customers.models import Customer
from crm.demo.scene import Cast
from crm.segments.actions import record_referral, save_segment
from crm.segments.conditions import read
from crm.segments.measuring import measure_everybody
from crm.segments.models import Segment
from crm.staff.models import Role

REFERRALS = 12
SEGMENTS = (
    ("Layak dipulihkan", "Bernilai tinggi, tetapi jauh atau kecewa: ditelepon lebih dulu.",
     [{"field": "quadrant", "op": "in", "value": ["repair"]}]),
    ("Pascabayar di atas 500 ribu", "Daftar telepon untuk penawaran paket data.",
     [{"field": "arpu", "op": "gte", "value": 500_001}, {"field": "paying", "op": "in", "value": ["postpaid"]}]),
)  # fmt: skip


def group_customers(cast: Cast, rng: random.Random, now: dt.datetime) -> None:
    boss = next(user for user in cast.users.values() if user.role == Role.SUPERVISOR)
    known = list(Customer.objects.filter(subscriptions__isnull=False, kind="person").distinct().order_by("pk"))
    for one, other in zip(rng.sample(known, min(REFERRALS, len(known))), known, strict=False):
        if one != other:
            record_referral(customer=one, brought=other, by=boss, at=now - dt.timedelta(days=rng.randint(5, 300)))
    for name, about, conditions in SEGMENTS:
        made = Segment(name=name, about=about, sharing=Segment.Sharing.ALL)
        save_segment(segment=made, conditions=read(conditions), by=boss, at=now)
    measure_everybody(now)
