"""What can be done with a visit. Every verb: keyword-only, atomic, lock → check → write → record one event → return."""

from crm.visits.actions.arriving import check_in, leave
from crm.visits.actions.calling import call_again, call_next, call_visit, start_visit
from crm.visits.actions.counters import close_counter, open_counter
from crm.visits.actions.serving import end_and_call_next, end_visit, name_customer, register_case, see_paper, walk_up

__all__ = [
    "call_again",
    "call_next",
    "call_visit",
    "check_in",
    "close_counter",
    "end_and_call_next",
    "end_visit",
    "leave",
    "name_customer",
    "open_counter",
    "register_case",
    "see_paper",
    "start_visit",
    "walk_up",
]
