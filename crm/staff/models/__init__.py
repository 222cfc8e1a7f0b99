"""The people of the customer-care division and where they work."""

from crm.staff.models.invitation import Invitation
from crm.staff.models.places import Division, Office, Team
from crm.staff.models.shift import Shift
from crm.staff.models.sign_in import SignIn
from crm.staff.models.user import User
from crm.staff.words import Language, Presence, Role, SignInMethod, SignInOutcome, Theme, Zone

__all__ = [
    "Division",
    "Invitation",
    "Language",
    "Office",
    "Presence",
    "Role",
    "Shift",
    "SignIn",
    "SignInMethod",
    "SignInOutcome",
    "Team",
    "Theme",
    "User",
    "Zone",
]
