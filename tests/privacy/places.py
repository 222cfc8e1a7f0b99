"""Somebody of whom there is something in every place where we keep anything, and a search of all places."""

import datetime as dt
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection, models
from django.utils import timezone

from crm.api.actions import create_client
from crm.api.models import KeptAnswer
from crm.billing.models import CreditNote, ExternalId, Load, Refusal, TierOverride
from crm.calls.actions import choose_customer, hear, wrap_up
from crm.calls.defaults import ensure_reasons
from crm.calls.models import CallReason
from crm.cases.actions import open_case
from crm.cases.models import (
    Breach,
    BreachQuestion,
    Case,
    Escalation,
    Note,
    ProblemNote,
    Promise,
    ReviewDraft,
    SlaClock,
    Undo,
)
from crm.cases.models.problem import Problem
from crm.customers.models import (
    Address,
    Consent,
    ContactPoint,
    Correction,
    Customer,
    IdentityDocument,
    Merge,
    NumberChange,
    Restriction,
    Reveal,
    ServiceOrder,
)
from crm.desk.models import Ask, BulkJob, BulkRow, Draft, DraftFile, Notification, View
from crm.lib.sealed import seal
from crm.messaging.models import Arrival, Letter, Message
from crm.privacy.models import AccessFile, DataRequest
from crm.reports.files import FOLDER, room_for
from crm.reports.models import Export
from crm.staff.models import Office, Role
from crm.timeline.models import Attachment, Interaction, NotACase
from crm.visits.actions import check_in, end_visit, start_visit
from crm.web.models import Filing, StatusLink
from social.models import Account, Post, PostImport, Profile, RefusedRow
from tests.people import a_line, a_member

NAME, NUMBER, EMAIL = "Zulaikha Qomariyah", "+6281200007731", "zulaikha.qomariyah@example.com"
HANDLE, NIK, OLD = "zulaikhaqom", "3273014101900007", "+6281200007732"
MARKS = [NAME, "81200007731", EMAIL, HANDLE, NIK, "81200007732", "zqmark", "Jalan Zamrud"]
NOW = timezone.now()


def everywhere() -> tuple[Customer, Case]:
    """A customer whose one case is settled; free texts all hold 'zqmark'."""
    agent, boss = a_member(), a_member(role=Role.SUPERVISOR)
    who = _record(agent)
    case = open_case(customer=who, channel="email", kind="complaint", text="zqmark mati", by=agent, subject="zqmark")
    _timeline(case, agent)
    _case(case, agent, boss)
    _desk(case, agent)
    _messages(case, agent)
    _social(who, case, agent)
    _billing(who, agent)
    _visits(who, agent)
    _calls(who, agent)
    _papers(case, agent)
    _asks(case, agent)
    Case.objects.filter(pk=case.pk).update(
        tags=["zqmark"], place="zqmark", preview="zqmark", conversation="zqmark", settlement="zqmark", state="closed",
        outcome="solved", settled_at=NOW, closed_at=NOW,
    )  # fmt: skip
    return who, Case.objects.get(pk=case.pk)


def _record(agent: Any) -> Customer:
    who = Customer.objects.create(
        name=NAME, honorific="Ibu", sex="female", birth_date=dt.date(1990, 1, 1), hobbies=["zqmark"], city="zqmark",
        tier="gold", preferred_channel="sms",
    )  # fmt: skip
    gone = Customer.objects.create(name="Zulaikha zqmark Lama", absorbed_into=who)
    Merge.objects.create(survivor=who, absorbed=gone, sealed=seal({"was": NAME}), by=agent)
    points = [
        ContactPoint.objects.create(customer=who, kind=kind, value=value, display=value, network=network)
        for kind, value, network in (
            ("msisdn", NUMBER, ""), ("email", EMAIL, ""), ("handle", HANDLE, "x"), ("post", "Jalan Zamrud 7", "")
        )
    ]  # fmt: skip
    Reveal.objects.create(customer=who, what="msisdn", contact_point=points[0], by=agent, reason="zqmark")
    Address.objects.create(customer=who, street="Jalan Zamrud 7", city="Kota Bandung", village="zqmark")
    IdentityDocument.objects.create(
        customer=who, kind="nik", sealed=seal({"number": NIK}), digest="zqmark", masked="3273zqmark"
    )
    Correction.objects.create(customer=who, flaw="email_bounces", remark="zqmark")
    Consent.objects.create(customer=who, purpose="offers", text="zqmark", version="1", channel="counter", by=agent)
    Restriction.objects.create(
        customer=who, reason="zqmark", by=agent, lifted_at=NOW, lifted_by=agent, lifted_reason="zqmark"
    )
    line = a_line(who, NUMBER, registration="registered", registration_reference="zqmark")
    NumberChange.objects.create(subscription=line, old=OLD, new=NUMBER, reference="zqmark")
    ServiceOrder.objects.create(customer=who, subscription=line, kind="change", reference="zqmark", remark="zqmark")
    _history(who)
    return who


def _history(who: Customer) -> None:
    """What the record said before: kept by triggers, whoever changes it."""
    Customer.objects.filter(pk=who.pk).update(do_not_disturb=True)
    who.addresses.update(rt="001")
    who.contact_points.update(verified_at=NOW)
    who.contact_points.create(kind="email", value="zqmark.lama@example.com").delete()


def _timeline(case: Case, agent: Any) -> None:
    said = case.entries.latest("interaction_id").interaction
    Interaction.objects.filter(pk=said.pk).update(
        html="<p>zqmark</p>", external_id="zqmark", reply_to="zqmark", answer_to=EMAIL, conversation="zqmark"
    )
    NotACase.objects.create(interaction=said, reason="noise", remark="zqmark", by=agent)
    file = Attachment(interaction=said, name="zqmark.txt", external_id="zqmark", finding="zqmark")
    file.file.save("zqmark.txt", ContentFile(b"zqmark"))


def _case(case: Case, agent: Any, boss: Any) -> None:
    Note.objects.create(case=case, author=agent, text="zqmark")
    Promise.objects.create(
        case=case, customer=case.customer, text="zqmark", due_at=NOW + dt.timedelta(days=1), keeper=agent,
        made_by=agent, made_at=NOW, withdrawn_at=NOW, withdrawn_by=agent, reason="zqmark",
    )  # fmt: skip
    Escalation.objects.create(
        case=case, party="quality", reason="zqmark", by=agent, at=NOW, ended_at=NOW, hand_back_reason="zqmark"
    )
    clock = SlaClock.objects.filter(case=case).first()
    late = Breach.objects.create(
        clock=clock, case=case, kind="response", due_at=NOW, detected_at=NOW, party="team", reviewed_at=NOW,
        reviewed_by=boss, cause="zqmark", prevention="zqmark", excusable=True, excuse="zqmark", action_note="zqmark",
    )  # fmt: skip
    ReviewDraft.objects.create(breach=late, by=boss, fields={"cause": "zqmark"}, at=NOW)
    BreachQuestion.objects.create(
        breach=late, kind="account", by=boss, to=agent, text="zqmark", at=NOW, answer="zqmark", answered_at=NOW
    )
    Undo.objects.create(case=case, act="wait", by=agent, at=NOW, version=1, event_id=1, before={"x": "zqmark"})
    problem = Problem.objects.create(title=f"Sinyal {NAME}", since=NOW, opened_at=NOW, solution=f"telepon {NUMBER}")
    ProblemNote.objects.create(problem=problem, author=agent, text=f"sudah bicara dengan {NAME}", at=NOW)


def _desk(case: Case, agent: Any) -> None:
    Draft.objects.create(user=agent, case=case, text="zqmark", promise="zqmark")
    upload = Attachment(by=agent, name="zqmark.txt")
    upload.file.save("zqmark2.txt", ContentFile(b"zqmark"))
    DraftFile.objects.create(attachment=upload, user=agent, case=case)
    Ask.objects.create(case=case, by=agent, at=NOW, text="zqmark", road="x")
    Notification.objects.create(user=agent, kind="mentioned", case=case, words="zqmark", event_id=1, at=NOW)
    View.objects.create(name="Mine", owner=agent, query={"q": [NAME]})
    job = BulkJob.objects.create(by=agent, act="tag", params={"tag": EMAIL}, query={"q": NUMBER}, key="k", state="done")
    BulkRow.objects.create(job=job, case=case, before={"tags": ["zqmark"]}, said="zqmark")


def _messages(case: Case, agent: Any) -> None:
    said = Interaction.objects.create(
        customer=case.customer, channel="letter", direction="out", text="zqmark", subject="zqmark", at=NOW
    )
    message = Message.objects.create(
        interaction=said, customer=case.customer, channel="letter", recipient=f"{NAME}\nJalan Zamrud 7",
        subject="zqmark", body="zqmark", reply_to="zqmark", references="zqmark", key="zqmark", state="sent",
        sent_at=NOW, external_id="zqmark", error="zqmark", author=agent,
    )  # fmt: skip
    letter = Letter(message=message)
    letter.file.save("zqmark.pdf", ContentFile(b"zqmark"))
    came = {"channel": "sms", "state": "taken", "ended_at": NOW}
    Arrival.objects.create(external_id="zqmark", body=b"zqmark", interaction=said, **came)
    Arrival.objects.create(external_id="a", body=b"from=0812-x&to=" + NUMBER[1:].encode() + b"\xff", **came)
    waiting = {"channel": "sms", "state": "waiting"}
    Arrival.objects.create(external_id="b", body=EMAIL.upper().encode(), **waiting)


def _social(who: Customer, case: Case, agent: Any) -> None:
    account = Account.objects.create(network="x", handle="telkomsel")
    common = {"account": account, "conversation": "c1", "at": NOW}
    Post.objects.create(
        external_id="zqmark1", author=HANDLE, display="ZulaikhaQom", text="zqmark", parent="zqmark", customer=who,
        metrics={"by": HANDLE}, **common,
    )  # fmt: skip
    Post.objects.create(external_id="zqmark2", author=HANDLE, display=HANDLE, text="zqmark", is_archive=True, **common)
    Post.objects.create(
        external_id="9", author="telkomsel", display="Telkomsel", is_brand=True, reply_to=HANDLE,
        text=f"@{HANDLE} zqmark", **common,
    )  # fmt: skip
    Profile.objects.create(network="x", external_id="zqmark", handle=HANDLE, display="zqmark", name=NAME, seen_at=NOW)
    imported = PostImport(account=account, file_name="posts.csv", sha256="0", state="done", by=agent)
    imported.file.save("posts.csv", ContentFile(f"author\n{HANDLE}\n".encode()))
    RefusedRow.objects.create(post_import=imported, row=1, reason="bad_time", raw=["1", HANDLE])


def _billing(who: Customer, agent: Any) -> None:
    line = who.subscriptions.get()
    load = Load(kind="customers", state="done", file_name="lines.csv", sha256="0", mapping="", by=agent)
    load.file.save("lines.csv", ContentFile(f"msisdn\n{NUMBER}\n".encode()))
    Refusal.objects.create(load=load, row=1, reason="bad", cells=["x", EMAIL])
    ExternalId.objects.create(customer=who, source="old", value="zqmark")
    CreditNote.objects.create(
        customer=who, subscription=line, reference="CN-1", month=NOW.date().replace(day=1), amount=5,
        given_on=NOW.date(), reason="zqmark",
    )  # fmt: skip
    TierOverride.objects.create(customer=who, tier="gold", reason="zqmark", until=NOW.date(), by=agent)


def _calls(who: Customer, agent: Any) -> None:
    ensure_reasons()
    for kind in ("ringing", "answered", "ended"):
        call, _new = hear(exchange_id="x", kind=kind, agent=agent, msisdn=NUMBER, ivr="zqmark")
    call = choose_customer(call=call, customer=who, by=agent)
    wrap_up(call=call, reason=CallReason.objects.all()[0], by=agent, note="zqmark", next_step="zqmark")


def _visits(who: Customer, agent: Any) -> None:
    office = Office.objects.create(code="dago", name="GraPARI Dago", region="Bandung")
    visit, _new = check_in(office=office, customer=who, note="zqmark", external_id="zqmark")
    start_visit(visit=visit, counter=1, by=agent)
    end_visit(visit=visit, remark="zqmark", by=agent)


def _asks(case: Case, agent: Any) -> None:
    asked = DataRequest.objects.create(
        customer=case.customer, kind="access", channel="email", words="zqmark", asked_at=NOW,
        due_at=NOW + dt.timedelta(hours=72), by=agent, case=case, state="refused", decided_by=agent, decided_at=NOW,
        reason="zqmark",
    )  # fmt: skip
    AccessFile.objects.create(
        request=asked, state="made", sealed=seal({"zip": NAME}), asked_at=NOW, until=NOW + dt.timedelta(days=7)
    )


def _papers(case: Case, agent: Any) -> None:
    Filing.objects.create(
        case=case, nonce="n1", page="help", name=NAME, honorific="Ibu", msisdn=NUMBER, email="zqmark.lain@example.com",
        prefers="email", language="id", consent=1, digest="zqmark",
    )  # fmt: skip
    StatusLink.objects.create(case=case)
    boss = a_member(role=Role.ADMINISTRATOR)
    client = create_client(name="Calls", scopes=["cases:read"], channel="call", by=boss)[0]
    KeptAnswer.objects.create(client=client, key="k", fingerprint="0", body=f'{{"email": "{EMAIL}"}}')
    export = Export.objects.create(
        by=agent, report="sla-list", format="csv", state="done", file="1-x.csv", key="e1", about="x", ended_at=NOW
    )
    room_for(export.file).write_text(f"case,customer\n1,{NAME}\n")
    Export.objects.create(by=agent, report="sla-list", format="csv", state="failed", key="e2", query={"q": [EMAIL]})


TEXTS = "('character varying', 'text', 'json', 'jsonb', 'bytea', 'ARRAY', 'character', 'citext', 'inet', 'date')"


def places_of(*marks: str) -> list[str]:
    """Every column of every table and every private file in which one of these stands: 'table.column: mark'."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns JOIN information_schema.tables"
            " USING (table_schema, table_name) WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
            f" AND (data_type IN {TEXTS} OR data_type = 'USER-DEFINED')"
        )
        found = []
        for table, column, kind in cursor.fetchall():
            text = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
            for mark in marks:
                cursor.execute(f'SELECT count(*) FROM "{table}" WHERE {text} ILIKE %s', [f"%{mark}%"])
                if cursor.fetchone()[0]:
                    found.append(f"{table}.{column}: {mark}")
    return found + [f"file {name}" for name in _files(marks)]


def _files(marks: tuple[str, ...]) -> list[str]:
    root = Path(settings.MEDIA_ROOT)
    files = [path for path in root.rglob("*") if path.is_file()]
    return [
        str(path.relative_to(root))
        for path in files
        if any(mark.lower().encode() in path.read_bytes().lower() or mark in path.name for mark in marks)
    ]


def opened(model: type[models.Model], field: str = "sealed") -> list[str]:
    """What is sealed, unsealed: the search of the database cannot read it."""
    from crm.lib.sealed import unseal

    return [str(unseal(one)) for one in model._default_manager.values_list(field, flat=True)]


EXPORTS = FOLDER
