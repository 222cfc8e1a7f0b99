"""Who could take a case: people of its team first, by how much room they have."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from crm.cases.models import Case
from crm.cases.words import RUNNING_STATES
from crm.staff.models import Presence, Role, Team, User

WORKERS = (Role.AGENT, Role.SUPERVISOR, Role.QUALITY)


@dataclass(frozen=True)
class Mate:
    user: User
    load: int
    fits: bool

    @property
    def share(self) -> float:
        return 100 * self.load / self.user.capacity if self.user.capacity else 100.0

    @property
    def tone(self) -> str:
        return "risk" if self.share >= 85 else ""

    @property
    def teams(self) -> str:
        return ", ".join(team.name for team in self.user.teams.all())


def teammates(case: Case) -> list[tuple[str, list[Mate]]]:
    """(heading, people): those of the case's team, then the others; available ones with the most room first."""
    running = Count("cases", filter=Q(cases__state__in=RUNNING_STATES, cases__is_archive=False))
    people = User.objects.filter(is_active=True, role__in=WORKERS).annotate(load=running).prefetch_related("teams")
    mates = [Mate(one, one.load, case.team_id in {team.pk for team in one.teams.all()}) for one in people]
    mates.sort(key=lambda mate: (mate.user.presence != Presence.AVAILABLE, mate.share, mate.user.name))
    own = [mate for mate in mates if mate.fits]
    others = [mate for mate in mates if not mate.fits]
    return [(str(case.team or _("Team")), own), (_("Others"), others)]


def teams() -> list[Team]:
    return list(Team.objects.all())
