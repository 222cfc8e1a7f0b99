"""What Celery is asked to do for customers. Every task may come twice, late or not at all."""

from zoneinfo import ZoneInfo

from celery import shared_task
from django.utils import timezone

from crm.customers import duplicates, judging, name_words
from crm.customers.lines.calendar import day_of
from crm.customers.lines.nightly import pass_dates
from crm.staff.models import Zone


@shared_task
def look_for_duplicates() -> int:
    """Compare the whole base: how many pairs are new or changed."""
    return duplicates.look_for_duplicates()


@shared_task
def judge_records() -> int:
    """The day's judgement of the whole base, or the rest of it; how many records this call judged."""
    now = timezone.now()
    return judging.judge_day(now.astimezone(ZoneInfo(Zone.WIB)).date(), at=now)


@shared_task
def pass_line_dates() -> int:
    """Each night, by the operator's calendar: how many prepaid lines ran out, were blocked or recycled."""
    return pass_dates(day=day_of(timezone.now()))


@shared_task
def learn_names() -> int:
    """Count the words of all names: how many there are."""
    return name_words.learn_names()
