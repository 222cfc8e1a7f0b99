"""How the demo's people keep their desks: views, what is put off, followed, asked, done to many, and sent by itself."""

import datetime as dt

from crm.cases import actions
from crm.cases.models import Case
from crm.cases.queries import CaseQuerySet
from crm.customers.models import ContactPoint
from crm.demo.people import Cast
from crm.desk import asking, composer, shelf
from crm.desk.bulk import start_job, work
from crm.desk.following import follow, write_note
from crm.desk.models import Sharing
from crm.reports.actions import save_schedule
from crm.reports.models import Format, Schedule
from crm.staff.models import User
from crm.timeline.models import Channel

PUT_OFF = (dt.timedelta(minutes=20), dt.timedelta(hours=3))
# A case is not put off beyond its nearest deadline.
BEFORE_DUE = dt.timedelta(minutes=15)
TAGGED = 12
IN_PUBLIC = "Baik Kak, kami cek nomor 0812-0000-4471 dan kabari lagi di sini ya."


def keep_desks(cast: Cast, now: dt.datetime) -> None:
    save_views(cast)
    put_off(cast.users["sari"], now)
    mention(cast)
    ask_supervisor(cast, now)
    tag_many(cast)
    send_reports(cast)


def save_views(cast: Cast) -> None:
    """One of Sari's own among her queues, and one that her supervisor shares with the team."""
    sari, ratna = cast.users["sari"], cast.users["ratna"]
    own = shelf.save_view(
        by=sari, name="Keluhan di X", query={"queue": "all", "kind": "complaint", "channel": "x"}, sharing=Sharing.OWN
    )
    shelf.pin_view(view=own, user=sari)
    shelf.save_view(
        by=ratna, name="Prioritas tinggi, belum ada agen", query={"queue": "unassigned", "priority": "high"},
        sharing=Sharing.TEAM, team=cast.teams["social"],
    )  # fmt: skip


def put_off(sari: User, now: dt.datetime) -> None:
    cases = _running(assignee=sari, due_at__gt=now + PUT_OFF[-1] + BEFORE_DUE)
    for case, how_long in zip(cases, PUT_OFF, strict=False):
        actions.snooze_case(case=case, until=now + how_long, by=sari)


def mention(cast: Cast) -> None:
    """Dimas asks Sari in a note; she follows his case from now on, and one of Putri's by her own wish."""
    sari, dimas, putri = (cast.users[name] for name in ("sari", "dimas", "putri"))
    if case := _running(assignee=dimas).first():
        text = "@sari kemarin Anda yang bicara dengan pelanggan ini. Apa yang sudah kita tawarkan?"
        write_note(case=case, text=text, by=dimas)
    if case := _running(assignee=putri).first():
        follow(case=case, users=[sari])


def ask_supervisor(cast: Cast, now: dt.datetime) -> None:
    """A number of a customer in a public answer: it waits for a supervisor of the team."""
    putri = cast.users["putri"]
    for case in _running(assignee=putri, channel=Channel.X):
        points = list(ContactPoint.objects.filter(customer=case.customer_id))
        if road := next((one for one in composer.roads(case, points) if one.channel == Channel.X), None):
            asking.ask_for(case=case, by=putri, text=IN_PUBLIC, road=road, at=now)
            return


def tag_many(cast: Cast) -> None:
    """Done here and not by a worker: the demo is whole when it is there."""
    ratna = cast.users["ratna"]
    chosen = Case.objects.filter(pk__in=_running(team=cast.teams["social"], priority="normal")[:TAGGED].values("pk"))
    job = start_job(by=ratna, act="tag", params={"add": ["pantau"], "remove": []}, cases=chosen)
    work.run(job.pk)


def send_reports(cast: Cast) -> None:
    ratna = cast.users["ratna"]
    schedule = Schedule(
        name="Laporan SLA mingguan", report="sla", every=Schedule.Every.WEEK, format=Format.XLSX,
        recipients=[ratna.email],
    )  # fmt: skip
    save_schedule(schedule=schedule, by=ratna)


def _running(**narrowed: object) -> CaseQuerySet:
    found: CaseQuerySet = Case.objects.live().running().filter(**narrowed)
    return found.select_related("customer", "team").order_by("-opened_at", "-pk")
