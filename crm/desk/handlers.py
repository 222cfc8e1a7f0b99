"""News from below becomes lines under bells. Delivered twice, an event rings once (notified_once).

Whoever has news for people adds one entry to KINDS, and the words for it: nothing else.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise as Lazy
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from crm.cases.models import Case, Note, Problem, Promise
from crm.cases.words import Party
from crm.desk import review_news as reviews
from crm.desk.bulk.acts import ACTS
from crm.desk.bulk.language import in_language_of
from crm.desk.mentions import people_who_see
from crm.desk.models import BulkJob, Notification, Ringing
from crm.desk.problems import name_of
from crm.events.models import Event
from crm.staff.models import Role, Team, User
from crm.timeline.models import Direction, Interaction

Kind = Notification.Kind
WORDS = 160


People = Callable[[Event, Case | None], Iterable[User]]


def nothing(_event: Event, _case: Case | None) -> str:
    return ""


@dataclass(frozen=True)
class Bell:
    """Whom an event rings for, and how its line reads.

    `people(event, case)`: whom; the actor is left out. `said`: with %(by)s, %(percent)s, %(clock)s; `alone`: the same
    where nobody did it (the ladder, a timer). `words`: a few words of its own (of a note, a promise); `url`: where it
    leads, when not to the top of the case. `case` is None where the event is about no one case.
    """

    kind: Kind
    people: Callable[[Event, Case | None], Iterable[User]]
    said: Lazy
    alone: Lazy | None = None
    icon: str = "bell"
    tone: str = ""
    words: Callable[[Event, Case | None], str] = nothing
    url: Callable[[Event, Case | None], str] = nothing


# --- whom ---------------------------------------------------------------------------------------------------------


def named(fact: str) -> Callable[[Event, Case | None], Iterable[User]]:
    """The person, or the people, whose id stands in this fact."""

    def people(event: Event, _case: Case | None) -> Iterable[User]:
        found = event.facts.get(fact) or []
        return User.objects.filter(pk__in=found if isinstance(found, list) else [found], is_active=True)

    return people


def asked_for(event: Event, case: Case | None) -> Iterable[User]:
    """Whoever waits for a file; one that is mailed by itself needs no bell."""
    return [] if event.facts.get("scheduled") else named("owner")(event, case)


def at_files(_event: Event, _case: Case | None) -> str:
    return reverse("reports:exports")


def at_schedules(_event: Event, _case: Case | None) -> str:
    return reverse("reports:schedules")


def because(why: str, people: People) -> People:
    """Only where the event gives this reason."""
    return lambda event, case: people(event, case) if event.facts.get("why") == why else []


def workers(_event: Event, case: Case | None) -> Iterable[User]:
    """The assignee; nobody has it yet: everybody of its team."""
    if case is None:
        return []
    if case.assignee is not None:
        return [case.assignee]
    return User.objects.filter(is_active=True, role=Role.AGENT, teams=case.team_id)


def supervisors(_event: Event, case: Case | None) -> Iterable[User]:
    return User.objects.filter(is_active=True, role=Role.SUPERVISOR, teams=case.team_id) if case else []


def workers_and_supervisors(event: Event, case: Case | None) -> Iterable[User]:
    return {*workers(event, case), *supervisors(event, case)}


def receivers(event: Event, case: Case | None) -> Iterable[User]:
    """Whom an escalation reaches."""
    active = User.objects.filter(is_active=True)
    match event.facts.get("party"):
        case Party.DIVISION:
            return active.filter(role=Role.DIVISION, division=event.facts.get("division"))
        case Party.QUALITY:
            return active.filter(role=Role.QUALITY)
    return supervisors(event, case)


def followers(_event: Event, case: Case | None) -> Iterable[User]:
    """Those who follow the case, as long as they may see it."""
    return people_who_see(case).filter(follows__case=case) if case else []


def followers_of_a_customers_word(event: Event, case: Case | None) -> Iterable[User]:
    return followers(event, case) if event.facts.get("direction") == Direction.IN else []


def whoever_snoozed(event: Event, case: Case | None) -> Iterable[User]:
    """Only when it came back by itself: by its time, or because the customer wrote."""
    return named("owner")(event, case) if event.facts.get("why") in ("time", "customer") else []


def keeper_and_supervisors(event: Event, case: Case | None) -> Iterable[User]:
    return {*named("keeper")(event, case), *supervisors(event, case)}


# --- what of it ---------------------------------------------------------------------------------------------------


def words_of_note(event: Event, _case: Case | None) -> str:
    text = Note.objects.filter(pk=event.facts.get("note")).values_list("text", flat=True).first() or ""
    return Truncator(" ".join(text.split())).chars(WORDS)


def words_of_promise(event: Event, _case: Case | None) -> str:
    return Promise.objects.filter(pk=event.facts.get("promise")).values_list("text", flat=True).first() or ""


def deciders(event: Event, _case: Case | None) -> Iterable[User]:
    """Who decides on a proposed problem: service quality, and the supervisors of the teams that hold its cases."""
    alike = Problem.objects.filter(pk=event.subject_id).values_list("alike", flat=True).first() or []
    teams = Case.objects.filter(pk__in=alike).values("team")
    active = User.objects.filter(is_active=True)
    return {*active.filter(role=Role.QUALITY), *active.filter(role=Role.SUPERVISOR, teams__in=teams)}


def its_division(event: Event, _case: Case | None) -> Iterable[User]:
    """The people of the division that a problem was given to."""
    division = Problem.objects.filter(pk=event.subject_id).values_list("division", flat=True).first()
    return User.objects.filter(is_active=True, role=Role.DIVISION, division=division) if division else []


def words_of_problem(event: Event, _case: Case | None) -> str:
    found = Problem.objects.select_related("category").filter(pk=event.subject_id).first()
    return name_of(found) if found else ""


def at_problem(event: Event, _case: Case | None) -> str:
    return reverse("desk:problem", args=[event.facts["number"]])


def words_of_job(event: Event, _case: Case | None) -> str:
    job = BulkJob.objects.select_related("by").get(pk=event.subject_id)
    with in_language_of(job.by):
        return ACTS[job.act](job.params).name()


def at_job(event: Event, _case: Case | None) -> str:
    return reverse("desk:job", args=[event.subject_id])


def at_note(event: Event, case: Case | None) -> str:
    """The case, opened at that note."""
    return f"{reverse('desk:case', args=[case.number])}#note-{event.facts.get('note')}" if case else ""


def version_of_policy(event: Event, _case: Case | None) -> str:
    return f"v{event.facts['version']}"


def at_policy(event: Event, _case: Case | None) -> str:
    return reverse("desk:policy", args=[event.facts["version"]])


def review(
    people: Callable[[Event, Case | None], Iterable[User]],
    said: Lazy,
    url: Callable[[Event, Case | None], str],
    tone: str = "",
    words: Callable[[Event, Case | None], str] = reviews.number_of,
) -> Bell:
    return Bell(Kind.REVIEW, people, said, icon="shield-check", tone=tone, words=words, url=url)


def followed(said: Lazy, people: Callable[[Event, Case | None], Iterable[User]] = followers) -> Bell:
    return Bell(Kind.FOLLOWED, people, said, icon="star")


def a_file(said: Lazy, people: People) -> Bell:
    return Bell(Kind.JOB, people, said, icon="download", url=at_files)


def a_mail(said: Lazy) -> Bell:
    return Bell(Kind.JOB, named("owner"), said, icon="mail-forward", url=at_schedules)


def heads_of_agent(event: Event, _case: Case | None) -> Iterable[User]:
    """The supervisors of whoever took the call."""
    teams = Team.objects.filter(members=event.facts.get("agent"))
    return User.objects.filter(is_active=True, role=Role.SUPERVISOR, teams__in=teams).distinct()


def at_call(event: Event, _case: Case | None) -> str:
    return reverse("desk:call", args=[event.subject_id])


# Kind of event -> bells. Who is meant by two of them hears the first.
KINDS: dict[str, tuple[Bell, ...]] = {
    "clock.warned": (
        Bell(Kind.WARNED, workers, _("<b>%(percent)s %%</b> of the %(clock)s clock used"), icon="alert-triangle",
             tone="risk"),
    ),
    "clock.breached": (
        Bell(Kind.BREACHED, workers_and_supervisors, _("<b>Late:</b> %(clock)s"), icon="alarm", tone="late"),
        followed(_("<b>A case you follow</b> is late")),
    ),
    "case.escalated": (
        Bell(Kind.ESCALATED, receivers, _("<b>%(by)s</b> escalated to you"), _("<b>Escalated by the ladder</b>"),
             icon="arrow-up-right"),
        followed(_("<b>A case you follow</b> was escalated")),
    ),
    "case.assigned": (
        Bell(Kind.ASSIGNED, named("assignee"), _("<b>%(by)s</b> gave you a case"), _("<b>A case was given to you</b>"),
             icon="user-check"),
    ),
    "case.taken_back": (
        Bell(Kind.TAKEN_BACK, because("away", named("was")), _("<b>Taken from you</b>, as you were away"),
             icon="arrow-back-up", tone="risk"),
        Bell(Kind.TAKEN_BACK, because("idle", named("was")), _("<b>Taken from you</b>: the reply could not wait"),
             icon="arrow-back-up", tone="risk"),
    ),
    "escalation.reminded": (
        Bell(Kind.ESCALATED, receivers, _("<b>%(by)s</b> asks how it stands"), icon="bell-ringing", tone="risk"),
    ),
    "message.failed": (
        Bell(Kind.FAILED, workers, _("<b>Your answer was not delivered</b>"), icon="alert-octagon"),
    ),
    "case.noted": (
        Bell(Kind.MENTIONED, named("mentions"), _("<b>%(by)s</b> mentioned you"), icon="at", words=words_of_note,
             url=at_note),
    ),
    "case.contacted": (
        followed(_("<b>The customer wrote</b> in a case you follow"), followers_of_a_customers_word),
    ),
    "promise.warned": (
        Bell(Kind.PROMISE, named("keeper"), _("<b>A promise of yours</b> is due soon"), icon="flag", tone="risk",
             words=words_of_promise),
    ),
    "promise.broken": (
        Bell(Kind.PROMISE, keeper_and_supervisors, _("<b>A promise was broken</b>"), icon="flag", tone="late",
             words=words_of_promise),
    ),
    "call.reminded": (
        Bell(Kind.CALL, named("agent"), _("<b>A call of yours</b> has no wrap-up yet"), icon="phone", tone="risk",
             url=at_call),
    ),
    "call.raised": (
        Bell(Kind.CALL, heads_of_agent, _("<b>A call of your team</b> is still without wrap-up"), icon="phone",
             tone="late", url=at_call),
    ),
    "export.done": (a_file(_("<b>Your file</b> is done"), asked_for),),
    "export.failed": (a_file(_("<b>Your file</b> could not be made"), named("owner")),),
    "export.unmailed": (a_mail(_("<b>Your report</b> could not be mailed")),),
    "schedule.stopped": (a_mail(_("<b>Your report</b> is not mailed any more")),),
    "problem.proposed": (
        Bell(Kind.PROBLEM, deciders, _("<b>Similar cases gather:</b> one problem?"), icon="affiliate",
             words=words_of_problem, url=at_problem),
    ),
    "problem.opened": (
        Bell(Kind.PROBLEM, its_division, _("<b>%(by)s</b> opened a problem for your division"), icon="affiliate",
             words=words_of_problem, url=at_problem),
    ),
    "problem.accepted": (
        Bell(Kind.PROBLEM, its_division, _("<b>%(by)s</b> opened a problem for your division"), icon="affiliate",
             words=words_of_problem, url=at_problem),
    ),
    "policy.asked": (
        Bell(Kind.REVIEW, named("users"), _("<b>%(by)s</b> asks you to publish an SLA policy"), icon="user-check",
             words=version_of_policy, url=at_policy),
    ),
    "breach.reviewed": (
        review(named("owner"), _("<b>A corrective action</b> is yours to do"), reviews.at_mine),
        review(reviews.signers, _("<b>Reviews wait</b> for your signature"), reviews.at_signing),
    ),
    "breach.sent_back": (review(named("to"), _("<b>%(by)s</b> sent your review back"), reviews.at_review),),
    "breach.asked": (review(named("to"), _("<b>%(by)s</b> asks for your account"), reviews.at_mine),),
    "breach.account_given": (review(named("to"), _("<b>%(by)s</b> gave an account"), reviews.at_review),),
    "breach.action_done": (review(named("to"), _("<b>%(by)s</b> did a corrective action"), reviews.at_review),),
    "breach.action_moved": (
        review(named("owner"), _("<b>A corrective action</b> is yours to do"), reviews.at_mine),
    ),
    "breach.action_overdue": (
        review(named("owner"), _("<b>Your corrective action</b> is overdue"), reviews.at_mine, tone="risk"),
    ),
    "reviews.overdue": (
        review(reviews.who_reviews, _("<b>Reviews of breaches</b> are overdue"), reviews.at_overdue,
               tone="risk", words=reviews.how_many),
    ),
    "case.woken": (
        Bell(Kind.WOKEN, whoever_snoozed, _("<b>Back from snooze</b>"), icon="zzz"),
    ),
    "bulk.ended": (
        Bell(Kind.JOB, named("owner"), _("<b>A bulk action has ended</b>"), icon="checks", words=words_of_job,
             url=at_job),
    ),
    "case.privacy_asked": (
        Bell(Kind.REVIEW, supervisors, _("<b>%(by)s</b> asks to send a text in public"), icon="shield-check"),
    ),
    "case.privacy_allowed": (
        Bell(Kind.REVIEW, named("asker"), _("<b>%(by)s</b> let your text out in public"), icon="shield-check"),
    ),
    "case.privacy_refused": (
        Bell(Kind.REVIEW, named("asker"), _("<b>%(by)s</b> refused to send your text in public"), icon="ban"),
    ),
    "case.settled": (followed(_("<b>A case you follow</b> was settled")),),
    "case.reopened": (followed(_("<b>A case you follow</b> was reopened")),),
}  # fmt: skip


# --- ringing ------------------------------------------------------------------------------------------------------


# What takes another act back: its line goes, in the same reader, so that it is made before it is taken away.
UNDONE = ("case.assigned_undone", "case.settled_undone")


def notify(event: Event) -> None:
    if event.kind in UNDONE:
        return hush(event)
    return ring(event)


def ring(event: Event) -> None:
    case = case_of(event)
    if case is not None and case.is_archive:
        return
    lines: dict[int, Notification] = {}
    for bell in KINDS[event.kind]:
        people = {user.pk for user in bell.people(event, case)} - lines.keys() - {event.actor_id}
        lines |= _lines(event, case, bell, people)
    _hush(lines)
    Notification.objects.bulk_create(lines.values(), ignore_conflicts=True)


def case_of(event: Event) -> Case | None:
    """The case that an event is about: its subject, the one it names, or that of the contact it names."""
    cases = Case.objects.select_related("assignee")
    if event.subject_type == "case":
        return cases.filter(pk=event.subject_id).first()
    if event.facts.get("case"):
        return cases.filter(pk=event.facts["case"]).first()
    contact = Interaction.objects.filter(pk=event.facts.get("interaction"), in_case__isnull=False).first()
    return cases.get(pk=contact.in_case.case_id) if contact else None


def _lines(event: Event, case: Case | None, bell: Bell, people: set[int]) -> dict[int, Notification]:
    if not people:
        return {}
    facts = {
        "kind": bell.kind,
        "case": case,
        "url": bell.url(event, case),
        "words": bell.words(event, case)[:WORDS],
        "event_id": event.pk,
        "percent": event.facts.get("percent"),
        "clock": str(event.facts.get("kind") or "")[:10],
        "by_id": event.actor_id,
        "at": event.at,
    }
    return {pk: Notification(user_id=pk, **facts) for pk in people}


def _hush(lines: dict[int, Notification]) -> None:
    """What somebody does not want to ring stands in the list all the same, as read."""
    for user_id, muted in Ringing.objects.filter(user__in=lines).exclude(muted=[]).values_list("user", "muted"):
        if lines[user_id].kind in muted:
            lines[user_id].read_at = lines[user_id].at


def hush(event: Event) -> None:
    """What was taken back rings no longer with whoever has not read it yet."""
    Notification.objects.filter(event_id=event.facts.get("event"), read_at__isnull=True).delete()
