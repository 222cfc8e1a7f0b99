"""The people of the customer-care division and where they work."""

from crm.staff.models.invitation import Invitation
from crm.staff.models.places import Division, Office, Team
from crm.staff.models.presence import Attendance, PresenceSpan
from crm.staff.models.shift import Shift
from crm.staff.models.sign_in import SignIn
from crm.staff.models.skill import Skill
from crm.staff.models.user import User
from crm.staff.words import Language, Presence, Role, SignInMethod, SignInOutcome, Theme, Zone

__all__ = [
    "Attendance",
    "Division",
    "Invitation",
    "Language",
    "Office",
    "Presence",
    "PresenceSpan",
    "Role",
    "Shift",
    "SignIn",
    "SignInMethod",
    "SignInOutcome",
    "Skill",
    "Team",
    "Theme",
    "User",
    "Zone",
]
