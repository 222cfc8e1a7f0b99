"""Asked once more at the very sending: a message may have stood in the lane for hours (domain.md §4).

Meanwhile they may have paid, complained, or been written to twice; it may be night where they are. In quiet hours it
waits where it stands; otherwise it is held back, and its task goes through the policy anew (sending.py).
"""

from django.utils import timezone
from django.utils.translation import pgettext_lazy

from caring.deciding import decide
from caring.ending import is_over
from caring.models import Attempt
from caring.words import State, Why
from crm.messaging import allowing
from crm.messaging.allowing import Refusal
from crm.messaging.models import Message
from crm.messaging.words import explain

OVER = "caring.over"


def register() -> None:
    allowing.register(ask)
    explain({_code(why): why.label for why in Why} | {OVER: pgettext_lazy("held back", "What it was about is over")})


def ask(message: Message) -> Refusal | None:
    """None: it may go, or is none of ours."""
    tried = Attempt.objects.filter(message=message)
    attempt = tried.select_related("task__stage", "task__customer", "task__subscription").first()
    if attempt is None:
        return None
    task = attempt.task
    if task.state != State.SENT or task.tried != attempt.number or is_over(task):
        return Refusal(OVER)
    verdict = decide(task, timezone.now())
    if verdict.may:
        return None
    return Refusal(_code(verdict.why), verdict.until if verdict.why == Why.QUIET else None)


def _code(why: str) -> str:
    return f"caring.{why}"
