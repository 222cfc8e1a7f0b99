"""Celery: the one table of queues and of what beat runs when."""

import os

from celery import Celery
from celery.schedules import crontab

from crm.lib.observe.tasks import watch_tasks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

app = Celery("sapa")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
watch_tasks()

# A task's queue follows from what it does: `clock` for the timers, `inbox` to take in, `outbox` to send, `mass` to
# send what nobody waits for, `bulk` for what somebody does to many cases at once, `batch` for the long, else `default`.
app.conf.task_routes = {
    "crm.cases.tasks.sweep_clocks": "clock",
    "crm.cases.tasks.count_previews": "batch",
    "crm.messaging.tasks.send_due_messages": "outbox",
    "crm.messaging.tasks.send_bulk_messages": "mass",
    "crm.messaging.tasks.take_arrivals": "inbox",
    "social.tasks.pull_mentions": "default",
    "social.tasks.pull_connection": "default",
    "social.tasks.fetch_media": "default",
    "social.tasks.*": "batch",
    "crm.desk.tasks.run_bulk_job": "bulk",
    "crm.reports.tasks.*": "batch",
    "crm.customers.tasks.*": "batch",
    "crm.privacy.tasks.*": "batch",
    "crm.billing.tasks.*": "batch",
    "crm.segments.tasks.*": "batch",
    "caring.tasks.*": "batch",
}

# Beat only knocks: the tables are the queues, so a lost, late or doubled knock does no harm.
app.conf.beat_schedule = {
    "sweep-clocks": {"task": "crm.cases.tasks.sweep_clocks", "schedule": 15.0},
    "send-messages": {"task": "crm.messaging.tasks.send_due_messages", "schedule": 5.0},
    # Where all are busy with a slow network, knocks do not pile up.
    "send-bulk": {
        "task": "crm.messaging.tasks.send_bulk_messages",
        "schedule": 5.0,
        "options": {"expires": 5.0},
    },
    "take-arrivals": {"task": "crm.messaging.tasks.take_arrivals", "schedule": 5.0},
    "forget-arrivals": {"task": "crm.messaging.tasks.forget_arrivals", "schedule": 86_400.0},
    "scan-files": {"task": "crm.timeline.tasks.scan_files", "schedule": 60.0},
    "forget-loose-files": {"task": "crm.timeline.tasks.forget_loose_files", "schedule": 86_400.0},
    "deliver-events": {"task": "crm.events.tasks.deliver_events", "schedule": 5.0},
    "end-silence": {"task": "crm.cases.tasks.end_silent_waits", "schedule": 300.0},
    "end-snoozes": {"task": "crm.cases.tasks.end_snoozes", "schedule": 5.0},
    "close-settled": {"task": "crm.cases.tasks.close_settled_cases", "schedule": 600.0},
    "count-previews": {"task": "crm.cases.tasks.count_previews", "schedule": 20.0},
    "gather-problems": {"task": "crm.cases.tasks.gather_problems", "schedule": 60.0},
    "remind-reviews": {"task": "crm.cases.tasks.remind_of_reviews", "schedule": 3600.0},
    "verify-verdicts": {"task": "crm.cases.tasks.verify_verdicts", "schedule": 86_400.0},
    "watch-presence": {"task": "crm.staff.tasks.watch_presence", "schedule": 15.0},
    "hand-out": {"task": "crm.cases.tasks.hand_out_cases", "schedule": 5.0},
    "chase-wrap-ups": {"task": "crm.calls.tasks.chase_wrap_ups", "schedule": 30.0},
    "forget-sign-ins": {"task": "crm.staff.tasks.forget_old_sign_ins", "schedule": 86_400.0},
    "forget-answers": {"task": "crm.api.tasks.forget_answers", "schedule": 86_400.0},
    # Looks for a new day, and whether one was cut short.
    "judge-records": {"task": "crm.customers.tasks.judge_records", "schedule": 600.0},
    "pull-mentions": {"task": "social.tasks.pull_mentions", "schedule": 60.0},
    "fetch-media": {"task": "social.tasks.fetch_media", "schedule": 30.0},
    "resume-bulk-jobs": {"task": "crm.desk.tasks.resume_bulk_jobs", "schedule": 10.0},
    "make-exports": {"task": "crm.reports.tasks.make_exports", "schedule": 15.0},
    "run-schedules": {"task": "crm.reports.tasks.run_schedules", "schedule": 60.0},
    "forget-exports": {"task": "crm.reports.tasks.forget_exports", "schedule": 86_400.0},
    "make-access-files": {"task": "crm.privacy.tasks.make_files", "schedule": 15.0},
    "forget-access-files": {"task": "crm.privacy.tasks.forget_files", "schedule": 3600.0},
    "resume-loads": {"task": "crm.billing.tasks.resume_loads", "schedule": 60.0},
    "forget-loads": {"task": "crm.billing.tasks.forget_loads", "schedule": 86_400.0},
    # Beat counts in UTC: half past one at night in Jakarta.
    "value-customers": {"task": "crm.billing.tasks.value_customers", "schedule": crontab(hour=18, minute=30)},
    "look-for-duplicates": {
        "task": "crm.customers.tasks.look_for_duplicates",
        "schedule": crontab(hour=19, minute=0),
    },
    "pass-line-dates": {"task": "crm.customers.tasks.pass_line_dates", "schedule": crontab(hour=17, minute=15)},
    # After tiers: an hour later.
    "measure-customers": {"task": "crm.segments.tasks.measure_customers", "schedule": crontab(hour=19, minute=30)},
    # After tiers and line dates; what a day changes, each hour.
    "evaluate-caring": {"task": "caring.tasks.evaluate_night", "schedule": crontab(hour=20, minute=0)},
    "measure-caring": {"task": "caring.tasks.measure_effect", "schedule": crontab(hour=20, minute=40)},
    "evaluate-caring-hourly": {"task": "caring.tasks.evaluate_hour", "schedule": crontab(minute=10)},
    "send-caring": {"task": "caring.tasks.send_caring", "schedule": 60.0},
    "resume-caring": {"task": "caring.tasks.resume_runs", "schedule": 300.0},
    # From one to five at night in Jakarta; what was cut short is taken up ten minutes later.
    "retain": {"task": "crm.privacy.tasks.retain_data", "schedule": crontab(hour="18-21", minute="*/10")},
    "learn-names": {"task": "crm.customers.tasks.learn_names", "schedule": crontab(hour=19, minute=30)},
    "resume-imports": {"task": "social.tasks.resume_imports", "schedule": 60.0},
}
