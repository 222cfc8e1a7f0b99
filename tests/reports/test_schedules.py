"""Reports by e-mail: once for each occasion, to whom it may go, as long as its owner may."""

import datetime as dt
import zoneinfo
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from crm.reports import mailing
from crm.reports.actions import run_now, save_schedule
from crm.reports.due import begin_due
from crm.reports.mailing import mail_due
from crm.reports.making import make_due
from crm.reports.models import Export, Schedule
from crm.reports.occasions import next_run, period_before
from crm.reports.recipients import allowed
from crm.staff.models import Role, User
from tests.messaging.mailserver import MailServer, Post
from tests.people import a_member
from tests.reports.conftest import an_answered_case, before

JAKARTA, JAYAPURA = zoneinfo.ZoneInfo("Asia/Jakarta"), zoneinfo.ZoneInfo("Asia/Jayapura")


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("crm.reports.actions.knock", lambda: None)


@pytest.fixture
def weekly(supervisor: User, sari: User) -> Schedule:
    schedule = Schedule(
        name="Volume mingguan", report="volumes", query={"channel": ["call"]}, format="csv", every="week", hour=7,
        recipients=[supervisor.email],
    )  # fmt: skip
    return save_schedule(schedule=schedule, by=supervisor)


def come(schedule: Schedule) -> dt.datetime:
    """Its time has come."""
    Schedule.objects.filter(pk=schedule.pk).update(next_at=before(minutes=1))
    return timezone.now()


def at(day: int, hour: int, zone: dt.tzinfo = JAKARTA) -> dt.datetime:
    return dt.datetime(2026, 11, day, hour, tzinfo=zone)


@pytest.mark.parametrize(
    ("every", "after", "expected"),
    [
        ("day", at(25, 6), at(25, 7)),
        ("day", at(25, 7), at(26, 7)),
        ("week", at(25, 9), at(30, 7)),
        ("month", at(25, 9), dt.datetime(2026, 12, 1, 7, tzinfo=JAKARTA)),
    ],
)
def test_the_next_time_is_in_the_owners_zone(every: str, after: dt.datetime, expected: dt.datetime) -> None:
    assert next_run(every, 7, JAKARTA, after=after) == expected


def test_an_owner_further_east_gets_it_earlier() -> None:
    assert next_run("day", 7, JAYAPURA, after=at(25, 9)) == at(26, 7) - dt.timedelta(hours=2)


def test_it_is_about_the_whole_day_week_or_month_before() -> None:
    monday = dt.date(2026, 11, 30)
    assert period_before("day", monday) == (dt.date(2026, 11, 29), dt.date(2026, 11, 29))
    assert period_before("week", monday) == (dt.date(2026, 11, 23), dt.date(2026, 11, 29))
    assert period_before("month", dt.date(2026, 12, 1)) == (dt.date(2026, 11, 1), dt.date(2026, 11, 30))


def test_one_occasion_is_one_mail_with_figures_and_file(weekly: Schedule, supervisor: User) -> None:
    now = come(weekly)
    assert begin_due(now=now) == 1
    assert begin_due(now=now) == 0
    assert make_due() == 1
    assert (mail_due(), mail_due()) == (1, 0)
    (letter,) = mail.outbox
    assert letter.to == [supervisor.email]
    assert letter.subject.startswith("Volume mingguan")
    assert "Opened" in letter.body
    assert [name for name, _body, _type in letter.attachments] == ["volumes.csv"]
    weekly.refresh_from_db()
    assert weekly.next_at > now
    assert Export.objects.get().mailed_at


def test_a_late_beat_sends_the_missed_one_once(weekly: Schedule) -> None:
    Schedule.objects.filter(pk=weekly.pk).update(next_at=before(days=21))
    assert begin_due(now=timezone.now()) == 1
    assert Export.objects.count() == 1


def test_what_the_server_does_not_take_is_tried_again_and_shown(
    weekly: Schedule, pages: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_due(now=come(weekly))
    make_due()
    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    assert mail_due() == 0
    export = Export.objects.get()
    assert export.mail_tries == 1
    assert export.mail_at > timezone.now()
    assert "Rina" not in export.mail_error
    assert "tried again" in pages.get("/reports/schedules/").content.decode()
    monkeypatch.undo()
    Export.objects.update(mail_at=before(minutes=1))
    assert mail_due() == 1


def refuse(*_args: object) -> None:
    raise ConnectionRefusedError("Rina")


def test_a_mail_that_cannot_be_written_uses_up_a_try_and_holds_up_no_other(weekly: Schedule, supervisor: User) -> None:
    run_now(schedule=weekly, by=supervisor, key="gone")
    run_now(schedule=weekly, by=supervisor, key="fine")
    make_due()
    gone = Export.objects.order_by("pk")[0]
    Export.objects.filter(pk=gone.pk).update(report="a-report-of-yesterday", mail_at=before(minutes=5))
    assert mail_due(most=1) == 0
    gone.refresh_from_db()
    assert (gone.mail_tries, gone.mail_error.partition(" ")[0]) == (1, "KeyError")
    assert mail_due(most=1) == 1


def test_a_name_of_two_lines_is_one_line_in_the_subject(weekly: Schedule) -> None:
    Schedule.objects.filter(pk=weekly.pk).update(name="Volume\r\nBcc: rina@example.com\rmingguan")
    begin_due(now=come(weekly))
    make_due()
    assert mail_due() == 1
    (letter,) = mail.outbox
    assert letter.subject.startswith("Volume Bcc: rina@example.com mingguan: ")
    assert letter.message()["Bcc"] is None


def test_after_many_tries_it_is_given_up_and_the_owner_told(weekly: Schedule, monkeypatch: pytest.MonkeyPatch) -> None:
    from crm.events.models import Event

    begin_due(now=come(weekly))
    make_due()
    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    Export.objects.update(mail_tries=mailing.TRIES - 1)
    mail_due()
    assert Export.objects.get().mail_at is None
    assert Event.objects.filter(kind="export.unmailed", facts__owner=weekly.owner_id).exists()


def test_a_large_file_goes_as_a_link_that_needs_a_log_in(
    weekly: Schedule, settings: Settings, client: Client, supervisor: User
) -> None:
    settings.REPORT_MAIL_MEGABYTES = 0
    begin_due(now=come(weekly))
    make_due()
    mail_due()
    (letter,) = mail.outbox
    assert not letter.attachments
    path = f"/reports/exports/{Export.objects.get().pk}/file/"
    assert path in letter.body
    assert client.get(path).headers["Location"].startswith("/login/")
    client.force_login(supervisor)
    assert client.get(path).getvalue()


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": Role.AGENT}])
def test_it_stops_when_its_owner_leaves_or_may_no_longer(weekly: Schedule, change: dict[str, object]) -> None:
    now = come(weekly)
    User.objects.filter(pk=weekly.owner_id).update(**change)
    begin_due(now=now)
    weekly.refresh_from_db()
    assert (weekly.is_active, weekly.stopped) == (False, "owner")
    assert not Export.objects.exists()


def test_what_was_made_is_not_mailed_to_a_colleague_who_left(weekly: Schedule) -> None:
    left = a_member("Budi", Role.QUALITY)
    Schedule.objects.filter(pk=weekly.pk).update(recipients=[left.email])
    begin_due(now=come(weekly))
    make_due()
    User.objects.filter(pk=left.pk).update(is_active=False)
    assert mail_due() == 0
    assert not mail.outbox
    weekly.refresh_from_db()
    assert weekly.stopped == "recipient"


def test_a_colleague_who_may_read_no_reports_receives_none(weekly: Schedule, settings: Settings) -> None:
    agent, quality = a_member("Sari"), a_member("Putri", Role.QUALITY)
    assert allowed([agent.email, quality.email.upper()]) == [quality.email.upper()]
    settings.REPORT_MAIL_DOMAINS = ["sapa.example"]
    assert allowed([agent.email, "board@sapa.example"]) == ["board@sapa.example"]
    settings.REPORT_MAIL_DOMAINS = []
    Schedule.objects.filter(pk=weekly.pk).update(recipients=[quality.email])
    begin_due(now=come(weekly))
    make_due()
    User.objects.filter(pk=quality.pk).update(role=Role.AGENT)
    assert mail_due() == 0
    assert not mail.outbox


def test_run_now_twice_pressed_is_one_run_and_leaves_the_plan(weekly: Schedule, supervisor: User) -> None:
    planned = weekly.next_at
    for _twice in range(2):
        run_now(schedule=weekly, by=supervisor, key="abc")
    assert Export.objects.count() == 1
    weekly.refresh_from_db()
    assert weekly.next_at == planned


FORM = {"name": "Tiap Senin", "every": "week", "hour": "8", "format": "xlsx"}


def test_a_schedule_is_made_on_a_reports_page_paused_resumed_and_removed(pages: Client, supervisor: User) -> None:
    address = "/reports/schedules/new/?report=backlog&channel=call&period=month"
    made = pages.post(address, FORM | {"recipients": supervisor.email})
    assert made.status_code == 302, made.context["form"].errors
    schedule = Schedule.objects.get()
    assert schedule.query == {"channel": ["call"]}
    assert "Tiap Senin" in pages.get("/reports/schedules/").content.decode()
    for active, expected in (("0", False), ("1", True)):
        pages.post(f"/reports/schedules/{schedule.pk}/switch/", {"active": active})
        schedule.refresh_from_db()
        assert schedule.is_active is expected
    assert (
        pages.post(
            f"/reports/schedules/{schedule.pk}/", FORM | {"recipients": supervisor.email, "hour": "9"}
        ).status_code
        == 302
    )
    pages.post(f"/reports/schedules/{schedule.pk}/run/", {"key": "a"})
    assert Export.objects.get().schedule == schedule
    pages.post(f"/reports/schedules/{schedule.pk}/remove/")
    assert not Schedule.objects.exists()


@pytest.mark.parametrize("recipients", ["rina@elsewhere.example", "nobody", "", "rina@elsewhere.example, sari"])
def test_it_goes_to_no_stranger(pages: Client, recipients: str) -> None:
    refused = pages.post("/reports/schedules/new/?report=volumes", FORM | {"recipients": recipients})
    assert refused.status_code == 422
    assert refused.context["form"].errors["recipients"]
    assert not Schedule.objects.exists()


def test_it_may_go_to_the_domains_that_the_operator_names(pages: Client, settings: Settings) -> None:
    settings.REPORT_MAIL_DOMAINS = ["partner.example"]
    pages.post("/reports/schedules/new/?report=volumes", FORM | {"recipients": "lia@partner.example"})
    assert Schedule.objects.get().recipients == ["lia@partner.example"]


def test_nobody_touches_somebody_elses(client: Client, weekly: Schedule) -> None:
    client.force_login(a_member("Hendro", Role.SUPERVISOR))
    for path in ("", "run/", "switch/", "remove/"):
        assert client.post(f"/reports/schedules/{weekly.pk}/{path}").status_code == 404
    assert Schedule.objects.get().is_active


def test_an_agent_has_none(client: Client, sari: User) -> None:
    client.force_login(sari)
    assert client.get("/reports/schedules/").status_code == 403
    assert client.get("/reports/schedules/new/?report=volumes").status_code == 403


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    server = MailServer()
    with Post(server) as post:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = post.hostname, post.port
        yield server


def test_it_arrives_at_a_mail_server_whole_and_a_refusal_is_tried_again(
    weekly: Schedule, sari: User, server: MailServer
) -> None:
    """Over SMTP: the figures in the text, the file with it, the same id however often it is tried."""
    an_answered_case(sari, opened=before(hours=30), after=3)
    begin_due(now=come(weekly))
    make_due()
    server.recipient_reply = "451 Later"
    assert mail_due() == 0
    server.recipient_reply = "250 OK"
    Export.objects.update(mail_at=before(minutes=1))
    assert mail_due() == 1
    (letter,) = server.mails
    assert letter["Message-ID"].startswith("<report-")
    assert [part.get_filename() for part in letter.iter_attachments()] == ["volumes.csv"]
