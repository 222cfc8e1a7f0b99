"""The staff of the demo operator, all invented. The password is no secret: the demo refuses production."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password

from crm.staff.models import Division, Office, Shift, Team, User
from crm.staff.words import Language, Presence, Role, Zone

PASSWORD = "sapa-demo-2026"
DIVISIONS = (
    ("network", "Jaringan", "Network"),
    ("billing", "Tagihan", "Billing"),
    ("products", "Produk", "Products"),
    ("it", "Teknologi Informasi", "IT"),
    ("legal", "Hukum", "Legal"),
)
OFFICES = (
    ("dago", "GraPARI Dago", "Bandung", Zone.WIB),
    ("panakkukang", "GraPARI Panakkukang", "Makassar", Zone.WITA),
)
TEAMS: tuple[tuple[str, str, list[str]], ...] = (
    ("social", "Meja Digital", ["x", "instagram", "facebook", "whatsapp", "email", "web"]),
    ("call-centre", "Pusat Panggilan", ["call", "ivr", "sms"]),
    ("grapari", "Layanan GraPARI", ["counter", "letter", "press"]),
    ("retention", "Retensi", []),
)
RETENTION = "retention"  # takes stages 13, 14 and 16 of the programme
# First hour and length of a shift.
MORNING, LATE, NIGHT = (7, 8), (14, 8), (22, 8)
ROTA = (MORNING, MORNING, LATE, LATE, None, NIGHT, None)


@dataclass(frozen=True)
class Person:
    username: str
    name: str
    role: Role
    teams: tuple[str, ...] = ()
    division: str = ""
    office: str = ""
    presence: Presence = Presence.AVAILABLE
    language: str = ""  # the browser's
    zone: Zone = Zone.WIB


STAFF = (
    Person("sari", "Sari Wulandari", Role.AGENT, ("social",)),
    Person("dimas", "Dimas Anggoro", Role.AGENT, ("social",), presence=Presence.BUSY),
    Person("putri", "Putri Maharani", Role.AGENT, ("social",), language=Language.ENGLISH),
    Person("joko", "Joko Prasetyo", Role.AGENT, ("call-centre",)),
    Person("mega", "Mega Silitonga", Role.AGENT, ("call-centre", "retention"), presence=Presence.WRAP_UP),
    Person("wayan", "I Wayan Sudarma", Role.AGENT, ("call-centre", "retention"), zone=Zone.WITA),
    Person("asep", "Asep Hidayat", Role.AGENT, ("grapari",), office="dago"),
    Person("tenri", "Andi Tenri", Role.AGENT, ("grapari",), office="panakkukang", zone=Zone.WITA),
    Person("bagas", "Bagas Santoso", Role.QUALITY),
    Person("ratna", "Ratna Kusumaningrum", Role.SUPERVISOR, ("social", "grapari"), office="dago"),
    Person("hendro", "Hendro Wibisono", Role.SUPERVISOR, ("call-centre", "retention"), language=Language.ENGLISH),
    Person("togar", "Togar Simanjuntak", Role.DIVISION, division="network"),
    Person("lia", "Lia Amelia", Role.DIVISION, division="billing", presence=Presence.BUSY),
    Person("galuh", "Galuh Pramesti", Role.DIVISION, division="products"),
    Person("yosef", "Yosef Kurniawan", Role.ADMINISTRATOR, presence=Presence.AWAY),
)


@dataclass(frozen=True)
class Cast:
    """Everybody and every place, by user name or code."""

    users: dict[str, User]
    teams: dict[str, Team]
    divisions: dict[str, Division]
    offices: dict[str, Office]

    def agents_of(self, team: str) -> list[User]:
        return [self.users[one.username] for one in STAFF if one.role == Role.AGENT and team in one.teams]

    def team_taking(self, channel: str) -> str:
        return next(code for code, _name, channels in TEAMS if channel in channels)

    def supervisor_of(self, team: str) -> User:
        leads = [one for one in STAFF if one.role == Role.SUPERVISOR and team in one.teams]
        return self.users[leads[0].username]

    def of_division(self, code: str) -> User | None:
        """Whoever answers for a division in the demo; two of the five have nobody."""
        return next((self.users[one.username] for one in STAFF if one.division == code), None)


def gather(now: dt.datetime) -> Cast:
    """Create the operator's places and people, with the shifts of this week."""
    divisions = {code: Division.objects.create(code=code, name=name, name_en=en) for code, name, en in DIVISIONS}
    offices = {
        code: Office.objects.create(code=code, name=name, region=region, time_zone=zone)
        for code, name, region, zone in OFFICES
    }
    teams = {
        code: Team.objects.create(
            code=code, name=name, channels=channels, position=position, takes_retention=code == RETENTION
        )
        for position, (code, name, channels) in enumerate(TEAMS)
    }
    cast = Cast({}, teams, divisions, offices)
    secret = make_password(PASSWORD)  # once: it is made to be slow
    for number, person in enumerate(STAFF):
        cast.users[person.username] = _hire(person, number, cast, secret, now)
    Shift.objects.bulk_create(_week(cast, now))
    return cast


def _hire(person: Person, number: int, cast: Cast, secret: str, now: dt.datetime) -> User:
    teams = [cast.teams[code] for code in person.teams]
    user = User.objects.create(
        username=person.username,
        email=f"{person.username}@sapa.example",
        staff_number=f"CC-{1001 + number}",
        name=person.name,
        role=person.role,
        team=teams[0] if teams else None,
        division=cast.divisions.get(person.division),
        office=cast.offices.get(person.office),
        language=person.language,
        time_zone=person.zone,
        signature=signature(person.name),
        presence=person.presence,
        presence_since=now - dt.timedelta(minutes=7 * number),
        password=secret,
    )
    user.teams.set(teams)
    return user


def signature(name: str) -> str:
    """How an agent signs a public answer: the first word that is a name of its own."""
    return next(word for word in name.split() if len(word) > 1)


def _week(cast: Cast, now: dt.datetime) -> list[Shift]:
    """Seven days from Monday for each agent, in their own zone, turning by one day from agent to agent."""
    agents = [user for user in cast.users.values() if user.role == Role.AGENT]
    return [shift for turn, agent in enumerate(agents) for shift in _week_of(agent, turn, now)]


def _week_of(agent: User, turn: int, now: dt.datetime) -> list[Shift]:
    zone = ZoneInfo(agent.time_zone)
    monday = now.astimezone(zone).date() - dt.timedelta(days=now.astimezone(zone).weekday())
    return [
        _shift(agent, dt.datetime.combine(monday + dt.timedelta(days=day), dt.time(hours[0]), zone), hours[1])
        for day in range(7)
        if (hours := ROTA[(day + turn) % 7])
    ]


def _shift(agent: User, start: dt.datetime, hours: int) -> Shift:
    return Shift(user=agent, starts_at=start, ends_at=start + dt.timedelta(hours=hours))
