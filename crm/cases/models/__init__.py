from crm.cases.models.breach import Breach, BreachQuestion, ReviewDraft
from crm.cases.models.case import Case, CaseInteraction, CaseLink, Note
from crm.cases.models.category import Category
from crm.cases.models.cause import Cause, ReviewRule
from crm.cases.models.clock import ClockPause, SlaClock, Sweeper
from crm.cases.models.escalation import Escalation, Holding
from crm.cases.models.policy import LadderStep, SlaPolicy, SlaTarget
from crm.cases.models.preview import PolicyPreview, PreviewChange
from crm.cases.models.problem import Gathering, Problem, ProblemCase, ProblemNote
from crm.cases.models.promise import Promise
from crm.cases.models.undo import Undo
from crm.cases.models.verification import Verification

__all__ = [
    "Breach",
    "BreachQuestion",
    "Case",
    "CaseInteraction",
    "CaseLink",
    "Category",
    "Cause",
    "ClockPause",
    "Escalation",
    "Gathering",
    "Holding",
    "LadderStep",
    "Note",
    "PolicyPreview",
    "PreviewChange",
    "Problem",
    "ProblemCase",
    "ProblemNote",
    "Promise",
    "ReviewDraft",
    "ReviewRule",
    "SlaClock",
    "SlaPolicy",
    "SlaTarget",
    "Sweeper",
    "Undo",
    "Verification",
]
