"""What Celery is asked to do for cases. Every task may come twice, late or not at all."""

from celery import shared_task

from crm.cases.silence import close_settled, end_silence
from crm.cases.sweep import sweep
from crm.cases.verify import verify


@shared_task
def sweep_clocks() -> int:
    """Beat's knock, the safety net under the timers: one sweep."""
    swept = sweep()
    return swept.marks + swept.steps


@shared_task
def end_silent_waits() -> int:
    """Remind, propose and settle where a customer is silent; end appointments that have come."""
    return end_silence()


@shared_task
def close_settled_cases() -> int:
    """Close what has been settled for the policy's seven days."""
    return close_settled()


@shared_task
def verify_verdicts() -> int:
    """The nightly proof; returns how many stored verdicts differ."""
    return verify().differing
