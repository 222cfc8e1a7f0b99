"""Busy while talking, in wrap-up until the call is wrapped up, available again: the agent presses nothing for it."""

from crm.calls.models import Call
from crm.calls.words import SPOKEN
from crm.staff.actions.presence import set_presence
from crm.staff.models import Presence, User


def follow_presence(call: Call, before: Call) -> None:
    """Of whoever talks now, and of whoever did before this event."""
    talks, talked = (one.agent_id if one.state in SPOKEN else None for one in (call, before))
    owes = call.agent_id if call.owes_wrap_up and not before.owes_wrap_up else None
    for pk in {talks, talked, owes} - {None}:
        if pk != talks or pk != talked:
            put_where_they_are(User.objects.get(pk=pk))


def put_where_they_are(agent: User) -> None:
    """Whoever went away stays away, unless they talk."""
    if Call.objects.filter(agent=agent).spoken().exists():
        set_presence(user=agent, presence=Presence.BUSY)
    elif agent.presence == Presence.AWAY:
        return
    elif owes_wrap_up(agent.pk):
        set_presence(user=agent, presence=Presence.WRAP_UP)
    else:
        set_presence(user=agent, presence=Presence.AVAILABLE)


def owes_wrap_up(user_id: int) -> bool:
    """Keeps somebody in wrap-up, whatever their team's minutes say (staff/actions/presence.py)."""
    return Call.objects.filter(agent=user_id).unwrapped().exists()
