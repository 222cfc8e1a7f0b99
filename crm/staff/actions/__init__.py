"""What happens to people here: each verb checks, writes and records one event."""

from crm.staff.actions.invitations import accept_invitation, invite_person, withdraw_invitation
from crm.staff.actions.people import change_person, end_sessions, release_lock, remove_second_step
from crm.staff.actions.presence import send_away, set_presence
from crm.staff.actions.second_step import begin_second_step, confirm_second_step
from crm.staff.actions.shifts import plan_week
from crm.staff.actions.sign_ins import record_sign_in, take_up_desk
from crm.staff.actions.teams import keep_skill, keep_team
from crm.staff.actions.yourself import change_password, change_profile

__all__ = [
    "accept_invitation",
    "begin_second_step",
    "change_password",
    "change_person",
    "change_profile",
    "confirm_second_step",
    "end_sessions",
    "invite_person",
    "keep_skill",
    "keep_team",
    "plan_week",
    "record_sign_in",
    "release_lock",
    "remove_second_step",
    "send_away",
    "set_presence",
    "take_up_desk",
    "withdraw_invitation",
]
