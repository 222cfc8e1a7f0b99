"""What Celery is asked to do for cases. Every task may come twice, late or not at all."""

from celery import shared_task

from crm.cases.actions.handing_out import hand_out_all
from crm.cases.actions.previewing import count_on
from crm.cases.actions.taking_back import take_back_all
from crm.cases.gathering import let_lapse, propose_problems
from crm.cases.models import PolicyPreview
from crm.cases.promise_sweep import sweep_promises
from crm.cases.reminding import remind_actions, remind_reviews
from crm.cases.silence import close_settled, end_silence
from crm.cases.snoozes import wake_due
from crm.cases.sweep import sweep
from crm.cases.verify import verify


@shared_task
def sweep_clocks() -> int:
    """Beat's knock, the safety net under the timers: one sweep of clocks and promises."""
    swept = sweep()
    return swept.marks + swept.steps + sweep_promises()


@shared_task
def end_silent_waits() -> int:
    """Remind, propose and settle where a customer is silent; end appointments that have come."""
    return end_silence()


@shared_task
def end_snoozes() -> int:
    """Snoozed cases whose time has come, back to their queues."""
    return wake_due()


@shared_task
def close_settled_cases() -> int:
    """Close what has been settled for the policy's seven days."""
    return close_settled()


@shared_task
def verify_verdicts() -> int:
    """The nightly proof; returns how many stored verdicts differ."""
    return verify().differing


@shared_task
def count_previews() -> int:
    """Count on what drafts would have done, the oldest first; returns how many previews were there to count."""
    waiting = PolicyPreview.objects.filter(state=PolicyPreview.State.WAITING).order_by("pk")
    asked = list(waiting.values_list("pk", flat=True))
    for preview in asked:
        while count_on(preview):
            continue
    return len(asked)


@shared_task
def hand_out_cases() -> int:
    """Take back what lies unanswered, then give what waits to whoever fits; returns how many cases were given."""
    take_back_all()
    return hand_out_all()


@shared_task
def gather_problems() -> int:
    """Propose a problem where similar cases gather; take back proposals that came to nothing."""
    let_lapse()
    return propose_problems()


@shared_task
def remind_of_reviews() -> int:
    """Tell of reviews and corrective actions that are overdue."""
    return remind_reviews() + remind_actions()
