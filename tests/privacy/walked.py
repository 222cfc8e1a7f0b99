"""Somebody whose every masked value is unmistakable, all that can be looked at about them, and the way to each page.

`routes()` reads the URLconf; `paths_of()` fills a route from what the scene made; `seen()` is all that an answer says,
unpacked; `found_in()` looks for the values in every form in which they can be written.
"""

import datetime as dt
import html
import io
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any
from urllib.parse import quote, unquote_plus
from zipfile import ZipFile, is_zipfile

from django.apps import apps
from django.core.files.base import ContentFile
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from caring.defaults import ensure_programme
from caring.models import Stage, Task
from crm.api.actions import create_client
from crm.api.models import ApiClient, Scope
from crm.billing.models import Load, Refusal, Value
from crm.calls.defaults import ensure_reasons
from crm.calls.models import Call, CallReason
from crm.cases import actions
from crm.cases.defaults import ensure_causes, ensure_policy
from crm.cases.models import (
    Breach,
    BreachQuestion,
    Case,
    Category,
    Cause,
    Escalation,
    PolicyPreview,
    Problem,
    Promise,
    SlaPolicy,
)
from crm.cases.sweep import sweep
from crm.customers.addressing import save_address
from crm.customers.correcting import report_bounce
from crm.customers.duplicates import look_for_duplicates
from crm.customers.editing import edit_customer
from crm.customers.identifying import save_paper
from crm.customers.judging import judge_day
from crm.customers.models import (
    ContactPoint,
    Correction,
    Customer,
    Duplicate,
    Merge,
    NumberChange,
    Product,
    ServiceOrder,
    Subscription,
)
from crm.desk.acts import ACTS
from crm.desk.bulk import start_job, work
from crm.desk.canned.actions import keep_reply
from crm.desk.customer.tabs import TABS
from crm.desk.forms.bulk import FORMS
from crm.desk.forms.limits import LIMITS
from crm.desk.models import Ask, BulkJob, CannedReply, Draft, DraftFile, Notification, View
from crm.desk.views.counter import STEPS
from crm.desk.views.lines import ACTS as LINE_ACTS
from crm.knowledge.models import Article, Spelling, Version
from crm.knowledge.spellings import plant_spellings
from crm.lib import retaining
from crm.lib.exports import SOURCES
from crm.messaging.models import Arrival, Connection, Letter, Message
from crm.privacy.asking import open_request
from crm.privacy.files import ask_for_file, make_next
from crm.privacy.models import DataRequest
from crm.reports.actions import begin_export
from crm.reports.making import make_due
from crm.reports.models import Export, Schedule
from crm.reports.studies.shelf import STUDIES
from crm.segments.actions import save_segment
from crm.segments.measuring import measure_everybody
from crm.segments.models import Segment
from crm.staff.actions import invite_person
from crm.staff.models import Division, Invitation, Office, Role, Skill, Team, User
from crm.timeline.models import Attachment, Interaction
from crm.visits.actions import open_counter, start_visit
from crm.visits.models import Visit
from crm.web.models import Filing, StatusLink
from crm.web.receipts import receipt_of
from social.models import Account, PostImport
from tests.billing.files import BILLS
from tests.calls.people import a_call
from tests.desk.breaches import reviewed
from tests.knowledge.conftest import handed_in, published
from tests.people import a_division, a_line, a_member, a_team
from tests.visits.people import a_visitor, an_office

NAME = "Zulaikha Qomariyah"
NUMBER, SECOND, OLD = "+6281200007731", "+6281200007733", "+6281200007732"
EMAIL, OTHER_EMAIL = "zulaikha.qomariyah@example.com", "zq.pribadi@example.org"
BORN = dt.date(1987, 11, 23)
STREET, HOUSE = "Jalan Zamrud Kathulistiwa", "Gang Mirah Delima 17"
PAPERS = {
    "nik": "3273016311870007", "kk": "3273010907180042", "passport": "X7431908", "npwp": "3273016311870007",
    "kitas": "2C21JE7419",
}  # fmt: skip
DIGITS = {NUMBER[3:], SECOND[3:], OLD[3:], PAPERS["nik"], PAPERS["kk"]}
WORDS = {
    EMAIL, OTHER_EMAIL, STREET, HOUSE, PAPERS["passport"], PAPERS["kitas"],
    *(BORN.strftime(form) for form in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m/%d/%Y", "%Y%m%d")),
    "23 November 1987", "23 Nov 1987", "Nov. 23, 1987", "November 23, 1987",
}  # fmt: skip
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:[^()\[\]]|\[[^\]]*\])*\)")


@dataclass
class Scene:
    """Who the walk is about, and who looks: one of each role, all with a reason to have the case before them."""

    who: Customer
    case: Case
    staff: dict[str, User]
    client: ApiClient
    values: dict[str, list[Any]] = field(default_factory=dict)


def scene() -> Scene:
    ensure_policy()
    ensure_causes()
    ensure_reasons()
    plant_spellings()
    office, team = an_office(), a_team("Social desk", channels=["call", "email"])
    division = a_division()
    staff = {
        Role.AGENT: a_member("Sari Wulandari", teams=(team,), office=office, presence="available"),
        Role.QUALITY: a_member("Dewi Lestari", Role.QUALITY),
        Role.SUPERVISOR: a_member("Ratna Kusuma", Role.SUPERVISOR, teams=(team,), office=office),
        Role.DIVISION: a_member("Joko Susilo", Role.DIVISION, division=division),
        Role.ADMINISTRATOR: a_member("Yosef Tanaya", Role.ADMINISTRATOR),
    }
    sari, ratna = staff[Role.AGENT], staff[Role.SUPERVISOR]
    who = _record(sari)
    case = _case(who, team, sari, ratna, division)
    _around(who, case, sari, ratna)
    _house(sari, ratna, team)
    client = create_client(
        name="Everything", scopes=list(Scope), channel="call", by=staff[Role.ADMINISTRATOR]
    )[0]  # fmt: skip
    made = Scene(who, case, staff, client)
    made.values = _values(made)
    return made


def _record(sari: User) -> Customer:
    who = Customer.objects.create(name=NAME, honorific="Ibu", sex="female", city="Kota Bandung", tier="gold")
    edit_customer(customer=who, changes={"birth_date": BORN}, by=sari)
    for kind, value in (("msisdn", NUMBER), ("msisdn", SECOND), ("email", EMAIL), ("email", OTHER_EMAIL)):
        ContactPoint.objects.create(customer=who, kind=kind, value=value, display=value)
    ContactPoint.objects.create(customer=who, kind="post", value=f"{NAME}\n{STREET} 7\nBandung 40115")
    ContactPoint.objects.create(customer=who, kind="handle", value="zulaikhaqom", network="x")
    save_address(customer=who, kind="home", lines={"street": f"{STREET} 7", "city": "Kota Bandung"}, by=sari)
    save_address(customer=who, kind="billing", lines={"street": HOUSE, "city": "Kota Bandung"}, by=sari)
    for kind, number in PAPERS.items():
        save_paper(customer=who, kind=kind, number=number, by=sari)
    line = a_line(who, NUMBER, "kartuHALO", registration="registered", registration_reference="REG-1")
    a_line(who, SECOND)
    NumberChange.objects.create(subscription=line, old=OLD, new=NUMBER, reference="N-1")
    ServiceOrder.objects.create(customer=who, subscription=line, kind="change", reference="SO-1")
    Value.objects.create(customer=who, arpu=600_000, tier="gold")
    twin = Customer.objects.create(name=NAME, birth_date=BORN)
    ContactPoint.objects.create(customer=twin, kind="email", value="zq@example.com")
    look_for_duplicates()
    one, other = Customer.objects.create(name="Melati"), Customer.objects.create(name="Melati", birth_date=BORN)
    ContactPoint.objects.create(customer=other, kind="msisdn", value=OLD)
    actions.merge_records(
        survivor=one,
        absorbed=other,
        chosen={},
        proof="Seen at the counter.",
        by=a_member("Ibu Hendro", Role.SUPERVISOR),
    )
    report_bounce(customer=who, recipient=OTHER_EMAIL)
    judge_day(timezone.localdate(), at=timezone.now())
    measure_everybody(timezone.now())
    _cared_for(who, line, sari)
    return who


def _cared_for(who: Customer, line: Subscription, sari: User) -> None:
    """Calls that an agent has before them, of a line and of a bill, and a visit of today."""
    ensure_programme()
    at = timezone.now()
    visit = (23, "visit", {"visit": timezone.localdate().isoformat()})
    for number, channel, facts in (
        (13, "call", {"date": str(at.date()), "amount": 245_000}), (22, "call", {"month": "2026-10"}), visit
    ):  # fmt: skip
        Task.objects.create(
            stage_id=number, version=Stage.objects.get(pk=number).version, customer=who, subscription=line,
            occasion=f"walk:{number}", facts=facts, channel=channel, assignee=sari, occurred_at=at, next_at=at,
            due_at=at + dt.timedelta(days=1),
        )  # fmt: skip


def _case(who: Customer, team: Team, sari: User, ratna: User, division: Any) -> Case:
    """Late, answered by mail, promised, escalated to a division: nothing that was said holds a value."""
    begun = timezone.now() - dt.timedelta(hours=3)
    said: dict[str, Any] = {"customer": who, "kind": "complaint", "text": "Sinyal hilang.", "subject": "Sinyal"}
    case = actions.open_case(channel="email", at=begun, team=team, **said)
    Interaction.objects.filter(customer=who).update(answer_to=EMAIL, html="<p>Sinyal hilang.</p>")
    sweep()
    actions.assign_case(case=case, by=sari, assignee=sari)
    file = Attachment(interaction=case.entries.latest("interaction_id").interaction, name="foto.txt", finding="clean")
    file.file.save("foto.txt", ContentFile(b"foto"))
    actions.answer_case(case=case, text="Halo Ibu.", by=sari, channel="email", recipient=EMAIL)
    actions.add_interaction(case=case, direction="in", channel="call", text="Masih hilang.", by=sari)
    actions.add_note(case=case, text="Sektor 3 menurun.", by=sari)
    due = timezone.now() + dt.timedelta(days=1)
    Promise.objects.create(
        case=case, customer=who, text="Kami telepon.", due_at=due, keeper=sari, made_by=sari, made_at=begun
    )
    actions.escalate_case(case=case, party="division", division=division, by=sari, reason="Cek.")
    for channel, recipient in (("sms", NUMBER), ("letter", f"{NAME}\n{STREET} 7\nBandung 40115")):
        out = Interaction.objects.create(
            customer=who, channel=channel, direction="out", text="Halo.", subject="Sinyal", at=timezone.now()
        )
        message = Message.objects.create(
            interaction=out, customer=who, channel=channel, recipient=recipient, subject="Sinyal", body="Halo.",
            key=f"k-{channel}", state="failed", error="550 mailbox unavailable", author=sari,
        )  # fmt: skip
    letter = Letter(message=message)
    letter.file.save("surat.pdf", ContentFile(b"surat"))
    other = actions.open_case(channel="call", team=team, **said)
    actions.assign_case(case=other, by=ratna, assignee=ratna)
    Case.objects.filter(pk=other.pk).update(place="Dago")
    actions.open_case(channel="x", team=team, **said)
    actions.ask_account(breach=Breach.objects.earliest("pk"), to=sari, text="Apa yang terjadi?", by=ratna)
    return Case.objects.get(pk=case.pk)


def _around(who: Customer, case: Case, sari: User, ratna: User) -> None:
    """What hangs on the case and the customer, room by room."""
    known = actions.open_problem(title="Slow data Dago", place="Dago", by=ratna, cases=[case])
    Problem.objects.create(
        state="proposed", place="Dago", since=known.since, opened_at=known.opened_at, likeness="gathered|x||dago",
        why=["leaf-place"], alike=list(Case.objects.exclude(pk=case.pk).values_list("pk", flat=True)),
    )  # fmt: skip
    Ask.objects.create(case=case, by=sari, at=timezone.now(), text="Hubungi kami.", road="x")
    Draft.objects.create(user=sari, case=case, text="Halo", promise="")
    upload = Attachment(by=sari, name="nota.txt", finding="clean")
    upload.file.save("nota.txt", ContentFile(b"nota"))
    DraftFile.objects.create(attachment=upload, user=sari, case=case)
    Filing.objects.create(
        case=case, nonce="n1", page="help", name=NAME, honorific="Ibu", msisdn=SECOND, email=OTHER_EMAIL,
        prefers="email", language="id", consent=1, digest="d",
    )  # fmt: skip
    StatusLink.objects.create(case=case)
    a_call(sari, until="ended", msisdn=NUMBER), a_call(sari, msisdn=SECOND), a_call(ratna, msisdn=SECOND)
    a_visitor(purpose="card", note="kartu hilang", customer=who), a_visitor(purpose="bill")
    for number, clerk in ((3, sari), (4, ratna)):
        open_counter(number=number, by=clerk)
        start_visit(visit=a_visitor(purpose="card", customer=who), counter=number, by=clerk)
    asked = open_request(customer=who, kind="access", words="Data apa saja?", channel="counter", by=sari)
    open_request(customer=who, kind="correction", words="Nama saya.", channel="counter", by=sari)
    ask_for_file(request=asked)
    make_next(now=timezone.now())
    keep_letter = {"kind": "mentioned", "case": case, "words": "Tolong lihat", "event_id": 1, "at": timezone.now()}
    for reader in (sari, ratna):
        Notification.objects.create(user=reader, **keep_letter)
    faulty = Connection.objects.create(channel="x", account="sapa_care", fault="429", fault_since=timezone.now())
    body = f"from={NUMBER}&text=Halo {EMAIL}".encode()
    Arrival.objects.create(
        channel="x", connection=faulty, external_id="1", body=body, state="failed", reason="poison"
    )  # fmt: skip
    account = Account.objects.create(network="x", handle="telkomsel")
    PostImport.objects.create(account=account, file_name="posts.csv", sha256="0", state="done", by=ratna)
    _loads(ratna)
    work.run(
        start_job(
            by=ratna,
            act="settle",
            params={"outcome": "solved"},
            cases=Case.objects.filter(escalations=None, customer=who),
        ).pk
    )


def _loads(ratna: User) -> None:
    """One that waits for a look at its first rows, one that refused a row."""
    head, rows = "MSISDN,No,Bulan,Netto,PPN,Jatuh tempo\n", f"{NUMBER},F-1,2026-01,1,0,2026-02-01\n"
    for state in ("preview", "done"):
        load = Load(kind="bills", state=state, file_name=f"{state}.csv", sha256=state, mapping=BILLS, by=ratna)
        load.file.save("bills.csv", ContentFile((head + rows).encode()))
    Refusal.objects.create(load=load, row=2, reason="amount", cells=[f"0{SECOND[3:]}", EMAIL, "2026-01", "x", "", ""])


def _house(sari: User, ratna: User, team: Team) -> None:
    """What the house keeps for itself: settings, articles, views."""
    reviewed(Breach.objects.latest("pk"), ratna, owner=sari)
    SlaPolicy.objects.create(version=2)
    Category.objects.create(code="network", name="Jaringan", name_en="Network")
    Skill.objects.get_or_create(code="network", defaults={"name": "Jaringan", "name_en": "Network"})
    keep_reply(reply=CannedReply(shortcut="sapa", title="Salam", text="Halo {nama}.", sharing="all"), by=ratna)
    gold = [{"field": "tier", "op": "in", "value": ["gold"]}]
    save_segment(segment=Segment(name="Gold", sharing="all"), conditions=gold, by=ratna)
    for reader in (sari, ratna):
        View.objects.create(name="Mine", owner=reader, query={"q": ["Sinyal"]})
    published(sari, ratna, is_public=True), handed_in(sari, title="Sinyal", english="Signal")
    every_week = {"report": "volumes", "recipients": [ratna.email], "next_at": timezone.now()}
    Schedule.objects.create(name="Volumes", owner=ratna, **every_week)
    invite_person(email="baru@sapa.example", role=Role.AGENT, by=ratna, teams=[team])
    PolicyPreview.objects.create(
        policy=SlaPolicy.objects.get(version=2), by=ratna, since=timezone.now() - dt.timedelta(days=7),
        until=timezone.now(), state="done", terms={}, time_zone="Asia/Jakarta",
    )  # fmt: skip
    _take_out(ratna)


def _take_out(ratna: User) -> None:
    """A file of each kind that is made in the background."""
    segment = {"segment": [str(Segment.objects.get().pk)]}
    for slug in SOURCES:
        begin_export(source=slug, query=segment, format="csv", by=ratna, key=slug)
    make_due(most=100)


MOST = 40


def pks(rows: Any) -> list[Any]:
    return list(getattr(rows, "objects", rows).order_by("pk").values_list("pk", flat=True)[:MOST])


def _values(made: Scene) -> dict[str, list[Any]]:
    """What may stand in the URLconf's arguments, by the path that leads to each."""
    who, case = made.who, made.case
    numbers = [case.number, Case.objects.get(channel="x").number]
    twins = Duplicate.objects.get(state="proposed")
    points, papers, files = who.contact_points.all(), who.documents.all(), Attachment
    return {
        "/admin/r/": [], "/admin/": ["events", "staff", "cases"],
        "/staff/people/": [made.staff[Role.AGENT].pk], "/staff/invitations/": pks(Invitation),
        "/caring/effect/": ["table", "growth", "rows"],
        "/billing/loads/": pks(Load), "/caring/work/": pks(Task), "/caring/stages/": [13, 22],
        "/settings/limits/": list(LIMITS),
        "/customers/": [who.pk], "/customers/corrections/": pks(Correction), "/customers/*/contacts/": pks(points),
        "/customers/*/addresses/": ["home", "new"], "/customers/*/papers/": pks(papers), "/segments/": pks(Segment),
        "/privacy/requests/": pks(DataRequest),
        "/privacy/retention/": [rule.kind for rule in retaining.rules()], "/customers/duplicates/": [twins.pk],
        "/customers/duplicates/merges/": pks(Merge), "/customers/duplicates/ first": [twins.first_id],
        "/customers/duplicates/*/with/": [twins.second_id], "/customers/*/reveal/": pks(points),
        "/customers/*/consents/": ["offers"], "/customers/*/ tab": [tab.code for tab in TABS],
        "/counter/parts/": ["hall", "turn", "front", "acts"], "/counter/step/": list(STEPS),
        "/counter/choose/": [who.pk], "/calls/": pks(Call), "/settings/call-reasons/": pks(CallReason)[:1],
        "/desk/views/": pks(View), "/desk/views/*/": ["up"], "/cases/": numbers, "/cases/*/files/": pks(files),
        "/cases/*/layout/": [one.interaction_id for one in case.entries.order_by("interaction_id")],
        "/cases/*/ask/": pks(Ask), "/cases/*/articles/": pks(Article), "/canned/": pks(CannedReply),
        "/cases/*/undo/ message": pks(Message), "/cases/*/undo/ act": ["assign"], "/cases/*/act/": list(ACTS),
        "/cases/*/reveal/": pks(points), "/cases/*/prove/": pks(points.filter(kind="handle")),
        "/cases/*/proofs/": [1], "/bulk/": list(FORMS), "/jobs/": pks(BulkJob), "/promises/": pks(Promise),
        "/promises/*/": ["kept"], "/notifications/": pks(Notification), "/breaches/": pks(Breach),
        "/breaches/months/": [timezone.localdate().year], "/breaches/months/*-": [timezone.localdate().month],
        "/actions/accounts/": pks(BreachQuestion), "/escalations/": pks(Escalation),
        "/problems/": list(Problem.objects.order_by("pk").values_list("number", flat=True)),
        "/problems/*/jobs/": pks(BulkJob), "/problems/*/cases/": numbers, "/team/": [made.staff[Role.AGENT].pk],
        "/lines/": pks(Subscription), "/lines/*/act/": list(LINE_ACTS), "/settings/products/": pks(Product)[:1],
        "/settings/causes/": pks(Cause)[:1], "/settings/categories/": pks(Category)[:1],
        "/settings/consents/": ["offers"], "/settings/teams/": pks(Team), "/settings/skills/": pks(Skill)[:1],
        "/settings/policies/": [1, 2], "/settings/policies/*/preview/": pks(PolicyPreview),
        "/channels/new/": ["email", "sms"], "/channels/": pks(Connection), "/channels/arrivals/": pks(Arrival),
        "/outbox/": pks(Message), "/letters/": pks(Message.objects.filter(channel="letter")),
        "/knowledge/": pks(Article), "/knowledge/versions/": pks(Version), "/knowledge/versions/*/": ["publish"],
        "/knowledge/spellings/": pks(Spelling)[:1], "/help/articles/": pks(Article),
        "/status/": [StatusLink.objects.get().token], "/status/*/files/": pks(files),
        "/help/received/": [receipt_of(Filing.objects.get())],
        "/help/embed/received/": [receipt_of(Filing.objects.get())],
        "/reports/exports/": pks(Export.objects.filter(state="done")), "/reports/schedules/": pks(Schedule),
        "/reports/": list(STUDIES), "/social/imports/": pks(PostImport), "/api/clients/": pks(ApiClient),
        "/api/v1/cases/": numbers, "/api/v1/problems/": list(Problem.objects.values_list("number", flat=True)),
        "/api/v1/customers/": [who.pk], "/api/v1/calls/": list(Call.objects.values_list("exchange_id", flat=True)[:1]),
        "/api/v1/visits/": pks(Visit), "/api/v1/lines/": pks(Subscription),
        "/api/v1/service-orders/": pks(ServiceOrder),
        "/api/v1/caring/stages/": [13], "/api/v1/caring/tasks/": pks(Task),
    } | {
        f"/admin/{model._meta.label_lower.replace('.', '/')}/": pks(model._default_manager)[:2]
        for model in (*apps.get_app_config("events").get_models(), Team, User, Division, Office, Category)
    }  # fmt: skip


SUFFIXES = ["csv", "xlsx", "pdf"]


def paths_of(made: Scene, path: str, arguments: list[str]) -> list[str]:
    """The path with each of its arguments filled, in every combination; none when an argument has no value."""
    pieces, before, choices = path.split("{}"), "", []
    for piece, argument in zip(pieces, arguments, strict=False):
        before = f"{before}*{piece}" if choices else piece
        known = made.values.get(f"{before} {argument}", made.values.get(before, []))
        choices.append(SUFFIXES if argument == "suffix" else known)
    return [path.format(*(quote(str(one)) for one in chosen)) for chosen in product(*choices)]


def routes(
    resolver: Any = None, names: tuple[str, ...] = (), before: str = "/"
) -> Iterator[tuple[str, str, list[str]]]:
    """(name, path with {} for its arguments, their names) of everything in the URLconf that has a name."""
    for entry in (resolver or get_resolver()).url_patterns:
        path, arguments = _template(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = (*names, entry.namespace) if entry.namespace else names
            yield from routes(entry, inner, before + path)
        elif entry.name:
            yield ":".join((*names, entry.name)), before + path, arguments


def _template(pattern: Any) -> tuple[str, list[str]]:
    text = getattr(pattern, "_route", None)
    if text is None:
        text = pattern.regex.pattern.removeprefix("^").removesuffix("$").removesuffix("/?")
    found = [one or other for one, other in PARAMETER.findall(text)]
    return PARAMETER.sub("{}", text), found


def seen(response: Any) -> str:
    """All that an answer says: its headers, its body, what is packed in its body."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    return f"{headers}\n{response.cookies.output()}\n{unpacked(body)}"


def unpacked(body: bytes) -> str:
    """XLSX and ZIP are packed files, PDF holds packed streams."""
    if is_zipfile(io.BytesIO(body)):
        with ZipFile(io.BytesIO(body)) as packed:
            return "\n".join(f"{one.filename}\n{unpacked(packed.read(one))}" for one in packed.infolist())
    if body.startswith(b"%PDF"):
        streams = re.findall(rb"stream\r?\n(.*?)endstream", body, re.DOTALL)
        body += b"".join(_inflated(one) for one in streams)
    return body.decode("utf-8", "replace")


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""


TAG, BETWEEN_DIGITS = re.compile(r"<[^<>]*>"), re.compile(r"(?<=\d)[\s\-.()/\u00a0\u2011\u2013]+(?=\d)")
ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


def forms_of(text: str) -> Iterator[str]:
    """As it stands, as a browser and a JSON reader show it, and with nothing between digits."""
    read = ESCAPED.sub(lambda found: chr(int(found[1], 16)), unquote_plus(html.unescape(text))).replace("\\/", "/")
    for one in (text, read, TAG.sub("", read)):
        yield one.casefold()
        yield BETWEEN_DIGITS.sub("", one)


def found_in(text: str, values: Iterable[str] = (*DIGITS, *WORDS)) -> set[str]:
    shown = list(forms_of(text))
    return {value for value in values if any(value.casefold() in one for one in shown)}
