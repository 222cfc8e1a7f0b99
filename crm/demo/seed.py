"""Making the demo operator, keeping it lively, throwing it away."""

import datetime as dt
import random
from functools import partial

from django.core.management.color import no_style
from django.db import connection, transaction

from caring.defaults import ensure_programme
from crm.cases.actions import link_cases
from crm.cases.defaults import ensure_causes, ensure_policy
from crm.cases.models import Case, Category
from crm.cases.words import ClockKind, State
from crm.customers.models import Customer
from crm.customers.name_words import learn_names
from crm.demo.billing import bill_everybody
from crm.demo.calls import answer_the_telephone
from crm.demo.canned import write_replies
from crm.demo.caring.desks import make_room
from crm.demo.caring.lives import script_lives
from crm.demo.caring.nights import run_a_year
from crm.demo.categories import plant
from crm.demo.client import register_client
from crm.demo.consents import ask_people
from crm.demo.customers import NAMES, Registry, Somebody
from crm.demo.data_requests import ask_about_data
from crm.demo.desks import set_up_desks
from crm.demo.doubles import write_down_twice
from crm.demo.knowledge import write_articles
from crm.demo.lines import live_lines
from crm.demo.next_policy import draft_next_policy
from crm.demo.own_ways import keep_desks
from crm.demo.people import STAFF, Cast, gather
from crm.demo.play import Stage
from crm.demo.problems import gather_problems
from crm.demo.programme import Writer
from crm.demo.promises import promise_things
from crm.demo.records import look_after
from crm.demo.segments import group_customers
from crm.demo.story import asides
from crm.demo.telling import Act
from crm.demo.visits import open_centres
from crm.events.actions import record
from crm.events.models import Event
from crm.events.subscribe import begin_after
from crm.staff.models import Division, Office, Team, User

SEED = 20_260_817
KEPT = {"django_migrations", "django_content_type", "auth_permission"}
MARK = "demo.seeded"
REMEMBERED = dt.timedelta(days=31)
STILL_NEWS = dt.timedelta(hours=3)


class NotADemo(Exception):
    """The database holds cases that the demo did not make: nothing is touched."""


def is_demo() -> bool:
    return Event.objects.filter(kind=MARK).exists()


def is_used() -> bool:
    """An imported archive is nobody's work yet: the demo may join it."""
    return User.objects.exists() or Case.objects.live().exists()


@transaction.atomic
def seed(now: dt.datetime) -> None:
    """A whole operator with thirty days behind it, all or nothing. Raises NotADemo where others have worked."""
    if is_used():
        raise NotADemo
    rng, first_event = random.Random(SEED), make_room()
    ensure_policy()
    ensure_causes()
    ensure_programme()
    cast, people = gather(now), Registry(rng, now).everybody()
    lives = script_lives(random.Random(SEED), now)
    writer = Writer(cast, plant(cast), people, now, rng)
    ask_about_data(cast, people, now)
    stage = Stage(cast, rng, now - REMEMBERED)
    stage.play([*writer.history(), *put_aside(writer), *writer.about_to_breach()], until=now)
    link_neighbours(cast)
    write_replies(cast, rng, now)
    promise_things(rng, now)
    gather_problems(cast, people, rng, now)
    set_up_desks(cast, rng, now)
    keep_desks(cast, now)
    bill_everybody(cast, lives.by_line, now)
    forget_old_news(now)  # before whatever else writes of the past: the newest old event ends what is forgotten
    live_lines(cast, random.Random(SEED), now)
    ask_people(cast, people, random.Random(SEED), now)
    answer_the_telephone(random.Random(SEED), now)
    register_client(cast)
    draft_next_policy(cast, now)
    open_centres(cast, people, random.Random(SEED), now)
    write_down_twice(people, random.Random(SEED), now)
    look_after(cast, people, random.Random(SEED), now)
    write_articles(cast, random.Random(SEED), now)
    group_customers(cast, random.Random(SEED), now)
    learn_names()
    run_a_year(cast, lives, random.Random(SEED), now, first_event=first_event)
    record(MARK, subject=cast.users["yosef"], at=now)


def forget_old_news(now: dt.datetime) -> None:
    """Only the last hours ring anybody's bell: a month of notices at the first sign-in would bury them."""
    old = Event.objects.filter(at__lte=now - STILL_NEWS).order_by("-pk").first()
    if old is not None:
        begin_after(old)


def put_aside(writer: Writer) -> list[Act]:
    acts = []
    for aside in asides():
        at = writer.now - dt.timedelta(hours=writer.rng.uniform(3, 200))
        scene = writer.scene(at)
        acts.append(Act(at, partial(scene.put_aside, aside)))
    return acts


def link_neighbours(cast: Cast) -> None:
    """Cases about one fault in one city belong together: somebody has said so."""
    faults = Case.objects.filter(category__code__in=["outage", "signal"]).exclude(state=State.CANCELLED)
    by_city: dict[str, list[Case]] = {}
    for case in faults.select_related("customer").order_by("-opened_at"):
        by_city.setdefault(case.customer.city, []).append(case)
    for cases in by_city.values():
        if len(cases) > 1:
            link_cases(case=cases[0], other=cases[1], by=cast.users["sari"])


@transaction.atomic
def top_up(now: dt.datetime) -> bool:
    """New cases about to breach where none is left in its first fifteen minutes; False when some still are."""
    fresh = Case.objects.live().filter(state__in=[State.NEW, State.OPEN], due_kind=ClockKind.RESPONSE, due_at__gt=now)
    if fresh.exists():
        return False
    writer = present_writer(now)
    Stage(writer.cast, writer.rng, begins=now).play(writer.about_to_breach(), until=now)
    return True


def present_writer(now: dt.datetime) -> Writer:
    """Writes on with the people and customers who are there; never the same twice."""
    rng = random.Random(now.isoformat())
    categories = {category.code: category for category in Category.objects.all()}
    return Writer(present_cast(), categories, present_people(), now, rng, number=Case.objects.count())


def present_cast() -> Cast:
    """Those of the demo's staff and places that are still there."""
    usernames = [one.username for one in STAFF]
    users = {user.username: user for user in User.objects.filter(username__in=usernames).select_related("office")}
    teams = {team.code: team for team in Team.objects.all()}
    divisions = {division.code: division for division in Division.objects.all()}
    return Cast(users, teams, divisions, {office.code: office for office in Office.objects.all()})


def present_people() -> list[Somebody]:
    cities = {city["name"]: city for city in NAMES["cities"]}
    customers = Customer.objects.filter(city__in=cities).prefetch_related("contact_points")
    return [Somebody(one, cities[one.city], points=list(one.contact_points.all())) for one in customers.order_by("pk")]


@transaction.atomic
def wipe() -> None:
    """Empty every table but the migrations. Raises NotADemo where others work.

    Keys go on from where they were: processes that run meanwhile keep published policies in memory by theirs.
    """
    if not is_demo() and is_used():
        raise NotADemo
    tables = [t for t in connection.introspection.django_table_names(only_existing=True) if t not in KEPT]
    statements = connection.ops.sql_flush(no_style(), tables, reset_sequences=False, allow_cascade=True)
    with connection.cursor() as cursor:
        for statement in (*statements, "ALTER SEQUENCE case_number RESTART"):
            cursor.execute(statement)
