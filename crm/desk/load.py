"""Who could take a case, and how much they hold: those who fit first, then by how much room they have."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from crm.cases.handing import Hand, hands
from crm.cases.models import Case
from crm.staff.models import Presence, Role, Team, User

WORKERS = (Role.AGENT, Role.SUPERVISOR, Role.QUALITY)
FULL = 85  # percent of the capacity from which a bar is amber
SHOWN = 40  # in each group; more, and one searches


@dataclass(frozen=True)
class Mate:
    """One line of the dialog: somebody, what they hold, whether they fit."""

    hand: Hand
    fits: bool

    @property
    def user(self) -> User:
        return self.hand.user

    @property
    def load(self) -> int:
        return self.hand.load

    @cached_property
    def share(self) -> float:
        return share(self.hand)

    @property
    def tone(self) -> str:
        return tone(self.share)

    @cached_property
    def known_for(self) -> str:
        """Skills, else the teams, else the role."""
        words = [str(skill) for skill in self.user.skills.all()] or [team.name for team in self.user.teams.all()]
        return ", ".join(words) or str(self.user.get_role_display())

    def is_called(self, words: Iterable[str]) -> bool:
        """Every word is part of the name, a team or a skill."""
        skills = (f"{skill.name} {skill.name_en}" for skill in self.user.skills.all())
        told = " ".join((self.user.name, *(team.name for team in self.user.teams.all()), *skills)).casefold()
        return all(word in told for word in words)


@dataclass(frozen=True)
class TeamLine:
    team: Team
    available: int
    median_load: int


def share(hand: Hand) -> float:
    """Percent of the capacity."""
    return 100 * hand.load / hand.user.capacity if hand.user.capacity else 100.0


def tone(percent: float) -> str:
    return "risk" if percent >= FULL else ""


def receivers(case: Case, query: str = "") -> dict[str, list]:
    """Whom a case can be given to: `people` as (heading, mates) and `teams`, found by name, team or skill.

    A fixed number of queries, however many people there are.
    """
    skill = case.category.skill if case.category else None
    known = _known()
    found = _called(query, [Mate(hand, _fits(hand, case, skill.pk if skill else None)) for hand in known])
    heading = _("Fits: %(what)s") % {"what": ", ".join(str(one) for one in (case.team, skill) if one) or _("Team")}
    groups = [(heading, [mate for mate in found if mate.fits]), (_("Others"), [m for m in found if not m.fits])]
    return {"people": _shown(groups), "teams": _teams(known, query)}


def everybody(query: str = "") -> dict[str, list]:
    """As `receivers`, for many cases of which each asks for something else: nobody fits better than another."""
    known = _known()
    found = _called(query, [Mate(hand, fits=True) for hand in known])
    return {"people": _shown([(_("People"), found)]), "teams": _teams(known, query)}


def _known() -> list[Hand]:
    return hands(User.objects.working().filter(role__in=WORKERS).prefetch_related("teams"))


def _called(query: str, mates: list[Mate]) -> list[Mate]:
    """Who is available first, then who has the most room."""
    found = [mate for mate in mates if mate.is_called(query.casefold().split())]
    return sorted(found, key=lambda mate: (mate.user.presence != Presence.AVAILABLE, mate.share, mate.user.name))


def _shown(groups: list[tuple[str, list[Mate]]]) -> list[tuple[str, list[Mate]]]:
    return [(name, people[:SHOWN]) for name, people in groups if people]


def _fits(hand: Hand, case: Case, skill_id: int | None) -> bool:
    """Of the case's team, and has the skill that its category asks for."""
    in_team = case.team_id in {team.pk for team in hand.user.teams.all()}
    return in_team and (skill_id is None or skill_id in hand.skills)


def _teams(known: list[Hand], query: str) -> list[TeamLine]:
    loads: dict[int, list[int]] = {}
    for hand in known:
        if hand.user.presence == Presence.AVAILABLE and hand.user.role == Role.AGENT:
            for team in hand.user.teams.all():
                loads.setdefault(team.pk, []).append(hand.load)
    return [
        TeamLine(team, len(loads.get(team.pk, [])), int(median(loads.get(team.pk) or [0])))
        for team in Team.objects.all()
        if all(word in team.name.casefold() for word in query.casefold().split())
    ]
