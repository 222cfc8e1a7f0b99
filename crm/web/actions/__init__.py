"""What visitors and staff can do here. Every verb: keyword-only, atomic, lock → check → write → record → return."""

from crm.web.actions.filing import file_form
from crm.web.actions.linking import make_link, revoke_link
from crm.web.actions.talking import add_message, call_solved, call_unsolved

__all__ = ["add_message", "call_solved", "call_unsolved", "file_form", "make_link", "revoke_link"]
