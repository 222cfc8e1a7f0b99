"""What can be done with a call. Every verb: keyword-only, atomic, lock → check → write → record one event → return."""

from crm.calls.actions.chasing import chase
from crm.calls.actions.hearing import hear
from crm.calls.actions.naming import choose_customer, new_customer
from crm.calls.actions.reasons import save_reason, switch_reason
from crm.calls.actions.wrapping import open_case_of, wrap_up

__all__ = [
    "chase",
    "choose_customer",
    "hear",
    "new_customer",
    "open_case_of",
    "save_reason",
    "switch_reason",
    "wrap_up",
]
