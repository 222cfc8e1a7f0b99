"""Why an action on people was refused."""

from django.utils.translation import gettext as _


class StaffError(Exception):
    """`str()` is for the reader; `field` names the form field it blames, or is empty."""

    field = ""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field or self.field


class AddressTaken(StaffError):
    """Somebody already has an account with this e-mail."""

    field = "email"

    def __init__(self) -> None:
        super().__init__(_("Somebody with this e-mail is already here."))


class InvitationOver(StaffError):
    """Used, withdrawn, run out, or never sent: the answer is the same."""

    def __init__(self) -> None:
        super().__init__(_("This invitation can no longer be used. Ask whoever invited you for a new one."))


class RoleNotYours(StaffError):
    """Nobody hands out a wider sight than their own (access.grantable_roles)."""

    field = "role"

    def __init__(self) -> None:
        super().__init__(_("You cannot give this role."))


class TeamNotYours(StaffError):
    """A supervisor moves people in and out of their own teams only."""

    field = "teams"

    def __init__(self) -> None:
        super().__init__(_("Choose among your own teams, at least one."))


class LastAdministrator(StaffError):
    """Without an administrator nobody could make one."""

    def __init__(self) -> None:
        super().__init__(_("Somebody must stay administrator: make another one first."), "role")


class NotYourself(StaffError):
    """Nobody shuts themselves out by mistake."""

    def __init__(self) -> None:
        super().__init__(_("You cannot close your own account. Ask another administrator."), "is_active")


class ShiftsOverlap(StaffError):
    """Somebody would be in two places at once."""

    def __init__(self, name: str) -> None:
        super().__init__(_("Two shifts of %(name)s overlap.") % {"name": name})


class WrongCode(StaffError):
    """The second-step code was wrong, used before, or typed too soon after a wrong one."""

    field = "token"

    def __init__(self) -> None:
        super().__init__(_("This code is not right. Wait for the next one and try again."))
