"""The acts a person can do on a case: one table, from which buttons, keys, dialogs and permissions are drawn."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.cases import states
from crm.cases.models import Case
from crm.cases.words import Party
from crm.desk.forms import acts as forms
from crm.desk.forms.edit import EditForm, PolicyForm, TagsForm
from crm.desk.forms.problems import LinkedProblemForm
from crm.desk.forms.promise import PromiseForm
from crm.desk.forms.snooze import SnoozeForm, WakeForm
from crm.staff.access import may
from crm.staff.models import User


@dataclass(frozen=True)
class Act:
    """`permission` is access.py's word for it, `verb` that of states.py (empty: in any state)."""

    slug: str
    title: Promise
    done: Promise
    icon: str
    form: type[forms.ActForm]
    permission: str
    verb: str = ""
    key: str = ""
    consequence: Promise | str = ""


ACTS = {
    act.slug: act
    for act in (
        Act("assign", _("Assign"), _("Assigned"), "user-check", forms.AssignForm, "case.assign", "assign", "a"),
        Act("escalate", _("Escalate"), _("Escalated"), "arrow-up-right", forms.EscalateForm, "case.escalate",
            "escalate", "e", _("Still yours: you tell the customer.")),
        Act("accept", _("Accept"), _("Accepted"), "circle-check", forms.AcceptForm, "case.accept"),
        Act("hand-back", _("Hand back"), _("Handed back"), "arrow-back-up", forms.HandBackForm, "case.accept", "", "",
            _("The team that sent it reads this.")),
        Act("promise", _("Promise"), _("Promise recorded"), "flag", PromiseForm, "case.promise", "answer", "t"),
        Act("wait", _("Wait"), _("Waiting"), "hourglass", forms.WaitForm, "case.wait", "wait", "w"),
        Act("resume", _("Waiting is over"), _("Back to work"), "player-play", forms.ResumeForm, "case.wait", "resume"),
        Act("snooze", _("Snooze"), _("Snoozed"), "zzz", SnoozeForm, "case.snooze", "snooze", "z"),
        Act("wake", _("Back to the list"), _("Back in the list"), "bell-ringing", WakeForm, "case.snooze", "snooze"),
        Act("settle", _("Settle"), _("Settled"), "check", forms.SettleForm, "case.settle", "settle", "s",
            _("Reopens by itself if the customer writes within 7 days.")),
        Act("reopen", _("Reopen"), _("Reopened"), "rotate-clockwise", forms.ReopenForm, "case.reopen", "reopen"),
        Act("edit", _("Kind, category, place, priority, tags"), _("Changed"), "pencil", EditForm, "case.edit", "edit"),
        Act("problem", _("Linked problem"), _("Linked problem changed"), "affiliate", LinkedProblemForm, "case.problem",
            "edit", "b"),
        Act("tags", _("Tags"), _("Changed"), "tag", TagsForm, "case.edit", "edit"),
        Act("link", _("Link a case"), _("Linked"), "link", forms.LinkForm, "case.edit"),
        Act("merge", _("Merge into another case"), _("Merged"), "arrows-join", forms.MergeForm, "case.merge", "merge",
            "", _("Messages and notes move; the earlier clock stays. It cannot be undone.")),
        Act("cancel", _("Cancel: the customer took it back"), _("Cancelled"), "ban", forms.CancelForm, "case.cancel",
            "cancel", "", _("Clocks stop without a verdict.")),
        Act("reject", _("Reject: not ours"), _("Rejected"), "ban", forms.RejectForm, "case.reject", "reject", "",
            _("Clocks stop without a verdict.")),
        Act("policy", _("Apply another SLA policy"), _("Policy applied"), "settings", PolicyForm, "policy.apply",
            "assign"),
    )
}  # fmt: skip

IN_MENU = ("edit", "tags", "problem", "link", "merge", "cancel", "reject", "policy")


def acts_for(user: User, case: Case) -> dict[str, Act]:
    """What this user may do with this case in the state it is in."""
    if not may(user, "case.note", case):
        return {}
    return {slug: act for slug, act in ACTS.items() if _fits(act, user, case)}


def _fits(act: Act, user: User, case: Case) -> bool:
    in_state = states.allowed(case.state, act.verb) if act.verb else True
    if act.slug == "wake" and not case.snoozed_until:
        return False
    escalated = case.is_running and case.party != Party.TEAM if act.slug in ("accept", "hand-back") else True
    return in_state and escalated and may(user, act.permission, case)
