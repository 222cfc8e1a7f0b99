"""Celery: the one table of queues and of what beat runs when."""

import os

from celery import Celery

from crm.lib.observe.tasks import watch_tasks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

app = Celery("sapa")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
watch_tasks()

# A task's queue follows from its room: `clock` for the timers, `outbox` to send, `batch` for the long, else `default`.
app.conf.task_routes = {
    "crm.cases.tasks.sweep_clocks": "clock",
    "crm.messaging.tasks.*": "outbox",
    "social.tasks.*": "batch",
}

# Beat only knocks: the tables are the queues, so a lost, late or doubled knock does no harm.
app.conf.beat_schedule = {
    "sweep-clocks": {"task": "crm.cases.tasks.sweep_clocks", "schedule": 15.0},
    "send-messages": {"task": "crm.messaging.tasks.send_due_messages", "schedule": 5.0},
    "deliver-events": {"task": "crm.events.tasks.deliver_events", "schedule": 5.0},
    "end-silence": {"task": "crm.cases.tasks.end_silent_waits", "schedule": 300.0},
    "close-settled": {"task": "crm.cases.tasks.close_settled_cases", "schedule": 600.0},
    "verify-verdicts": {"task": "crm.cases.tasks.verify_verdicts", "schedule": 86_400.0},
    "forget-sign-ins": {"task": "crm.staff.tasks.forget_old_sign_ins", "schedule": 86_400.0},
    "forget-answers": {"task": "crm.api.tasks.forget_answers", "schedule": 86_400.0},
    "resume-imports": {"task": "social.tasks.resume_imports", "schedule": 60.0},
}
