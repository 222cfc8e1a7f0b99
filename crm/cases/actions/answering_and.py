"""Send and settle, send and wait: one press, one transaction, one undo."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import transaction

from crm.cases.actions.answering import answer_case
from crm.cases.actions.locking import lock_case
from crm.cases.actions.undoing import undoably
from crm.cases.models import Case
from crm.messaging.models import Message
from crm.staff.models import User


@transaction.atomic
def answer_and(act: str, do: Callable[[Message], Case], *, case: Case, by: User, key: str, **answer: Any) -> Message:
    """Answer the customer, then `do` what `act` names (settle or wait); either both or none.

    The same key again returns the message it made and does nothing more. Raises what the two raise.
    """
    key = key or uuid.uuid4().hex
    lock_case(case)
    if known := Message.objects.filter(key=key).first():
        return known
    message = answer_case(case=case, by=by, key=key, **answer)
    undoably(act, partial(do, message), case=case, by=by, message=message)
    return message
