from crm.cases.models.breach import Breach
from crm.cases.models.case import Case, CaseInteraction, CaseLink, Note
from crm.cases.models.category import Category
from crm.cases.models.clock import ClockPause, SlaClock, Sweeper
from crm.cases.models.escalation import Escalation, Holding
from crm.cases.models.policy import LadderStep, SlaPolicy, SlaTarget
from crm.cases.models.verification import Verification

__all__ = [
    "Breach",
    "Case",
    "CaseInteraction",
    "CaseLink",
    "Category",
    "ClockPause",
    "Escalation",
    "Holding",
    "LadderStep",
    "Note",
    "SlaClock",
    "SlaPolicy",
    "SlaTarget",
    "Sweeper",
    "Verification",
]
