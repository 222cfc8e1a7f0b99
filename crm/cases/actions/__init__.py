"""What can be done with a case. Every verb: keyword-only, atomic, lock → check → write → record one event → return."""

from crm.cases.actions.answering import answer_case, undo_answer, void_answer
from crm.cases.actions.answering_and import answer_and
from crm.cases.actions.archiving import close_archive
from crm.cases.actions.aside import set_aside
from crm.cases.actions.asking import ask_account, give_account
from crm.cases.actions.assigning import assign_case, take_back
from crm.cases.actions.categories import add_category, change_category, merge_category, move_category
from crm.cases.actions.contacts import add_interaction, take_in
from crm.cases.actions.drafting import discard_draft, draft_policy, save_draft
from crm.cases.actions.editing import add_note, edit_case, link_cases
from crm.cases.actions.ending import cancel_case, close_case, reject_case, reopen_case, settle_case
from crm.cases.actions.escalating import accept_escalation, climb_ladder, escalate_case, hand_back, remind
from crm.cases.actions.following import finish_action, move_action
from crm.cases.actions.handing_out import hand_out, take_next
from crm.cases.actions.listing import add_cause, change_cause, move_cause, set_review_days
from crm.cases.actions.merging import merge_cases
from crm.cases.actions.opening import open_case
from crm.cases.actions.policy import apply_policy, ask_to_publish, publish_policy
from crm.cases.actions.previewing import begin_preview, count_on
from crm.cases.actions.problems import (
    edit_problem,
    hang_case,
    hang_cases,
    note_on,
    open_problem,
    reopen_problem,
    solve_problem,
    take_off,
)
from crm.cases.actions.promising import break_promise, keep_promise, make_promise, withdraw_promise
from crm.cases.actions.proposals import accept_proposal, add_to_known, dismiss_proposal
from crm.cases.actions.proving import prove_identity, take_back_identity
from crm.cases.actions.records import merge_records, part_records
from crm.cases.actions.reviewing import keep_review_draft, review_breach
from crm.cases.actions.signing import send_back_review, sign_off_review
from crm.cases.actions.snoozing import snooze_case, wake_case
from crm.cases.actions.telling import settle_hanging, tell_hanging, told_by_voice
from crm.cases.actions.undoing import put_case_back, undo_act, undoably
from crm.cases.actions.waiting import resume_case, wait_for

__all__ = [
    "accept_escalation",
    "accept_proposal",
    "add_category",
    "add_cause",
    "add_interaction",
    "add_note",
    "add_to_known",
    "answer_and",
    "answer_case",
    "apply_policy",
    "ask_account",
    "ask_to_publish",
    "assign_case",
    "begin_preview",
    "break_promise",
    "cancel_case",
    "change_category",
    "change_cause",
    "climb_ladder",
    "close_archive",
    "close_case",
    "count_on",
    "discard_draft",
    "dismiss_proposal",
    "draft_policy",
    "edit_case",
    "edit_problem",
    "escalate_case",
    "finish_action",
    "give_account",
    "hand_back",
    "hand_out",
    "hang_case",
    "hang_cases",
    "keep_promise",
    "keep_review_draft",
    "link_cases",
    "make_promise",
    "merge_cases",
    "merge_category",
    "merge_records",
    "move_action",
    "move_category",
    "move_cause",
    "note_on",
    "open_case",
    "open_problem",
    "part_records",
    "prove_identity",
    "publish_policy",
    "put_case_back",
    "reject_case",
    "remind",
    "reopen_case",
    "reopen_problem",
    "resume_case",
    "review_breach",
    "save_draft",
    "send_back_review",
    "set_aside",
    "set_review_days",
    "settle_case",
    "settle_hanging",
    "sign_off_review",
    "snooze_case",
    "solve_problem",
    "take_back",
    "take_back_identity",
    "take_in",
    "take_next",
    "take_off",
    "tell_hanging",
    "told_by_voice",
    "undo_act",
    "undo_answer",
    "undoably",
    "void_answer",
    "wait_for",
    "wake_case",
    "withdraw_promise",
]
