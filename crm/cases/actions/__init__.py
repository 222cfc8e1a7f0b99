"""What can be done with a case. Every verb: keyword-only, atomic, lock → check → write → record one event → return."""

from crm.cases.actions.answering import answer_case, undo_answer, void_answer
from crm.cases.actions.archiving import close_archive
from crm.cases.actions.aside import set_aside
from crm.cases.actions.assigning import assign_case
from crm.cases.actions.contacts import add_interaction, take_in
from crm.cases.actions.editing import add_note, edit_case, link_cases
from crm.cases.actions.ending import cancel_case, close_case, reject_case, reopen_case, settle_case
from crm.cases.actions.escalating import accept_escalation, climb_ladder, escalate_case, hand_back
from crm.cases.actions.merging import merge_cases
from crm.cases.actions.opening import open_case
from crm.cases.actions.policy import apply_policy, publish_policy
from crm.cases.actions.reviewing import review_breach
from crm.cases.actions.waiting import resume_case, wait_for

__all__ = [
    "accept_escalation",
    "add_interaction",
    "add_note",
    "answer_case",
    "apply_policy",
    "assign_case",
    "cancel_case",
    "climb_ladder",
    "close_archive",
    "close_case",
    "edit_case",
    "escalate_case",
    "hand_back",
    "link_cases",
    "merge_cases",
    "open_case",
    "publish_policy",
    "reject_case",
    "reopen_case",
    "resume_case",
    "review_breach",
    "set_aside",
    "settle_case",
    "take_in",
    "undo_answer",
    "void_answer",
    "wait_for",
]
