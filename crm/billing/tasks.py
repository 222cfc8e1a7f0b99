"""Loads and the nightly count, on the `batch` queue. Knocks may be doubled, late or lost: the tables are the queues."""

import datetime as dt
import logging
from pathlib import Path

from celery import shared_task
from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _

from crm.billing import months
from crm.billing.actions import discard_load
from crm.billing.loading.running import fail_load, run_load
from crm.billing.models import Load
from crm.billing.nightly import value_everybody
from crm.lib.failure import place
from crm.lib.moments import database_now

log = logging.getLogger(__name__)
STALE = dt.timedelta(minutes=2)
LOOKED_AT = dt.timedelta(days=1)
KEPT = dt.timedelta(days=14)


@shared_task
def run_billing_load(load_id: int) -> None:
    """A doubled or late knock finds the load done, or passes by whoever runs it."""
    load = Load.objects.get(pk=load_id)
    if not load.is_moving:
        return
    try:
        run_load(load, Path(load.file.path))
    except (OperationalError, InterfaceError):
        raise  # the database will be back; resume_loads takes it up again
    except Exception as error:
        log.error("load failed", extra={"load_id": load_id, "failure": place(error)})
        fail_load(load, _("A fault of ours stopped the load. What it stored stays; load the file again."))


@shared_task
def resume_loads() -> int:
    """Take up what a killed worker or a lost knock left standing."""
    still = Load.objects.moving().exclude(file="").filter(moved_at__lt=database_now() - STALE)
    for load in still:
        run_billing_load.delay(load.pk)
    return len(still)


@shared_task
def forget_loads() -> int:
    """Once a day: files hold personal data; what was loaded from them is in the tables."""
    now = database_now()
    for forgotten in Load.objects.filter(state=Load.State.PREVIEW, created_at__lt=now - LOOKED_AT):
        discard_load(load=forgotten, by=None)
    old = Load.objects.exclude(file="").filter(finished_at__lt=now - KEPT)
    for load in old:
        load.file.delete(save=False)
        load.refusals.all().delete()
        Load.objects.filter(pk=load.pk).update(file="")
    return len(old)


@shared_task
def value_customers() -> None:
    """Each night."""
    value_everybody(months.today(database_now()))
