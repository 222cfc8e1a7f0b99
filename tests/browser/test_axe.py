"""Every page under axe-core (WCAG 2.2 AA), light in English and dark in Indonesian, and no wider than its window."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.urls import get_resolver, reverse
from django.utils import timezone
from playwright.sync_api import Page

from caring.defaults import ensure_programme
from caring.models import ContactPolicy, Task
from caring.working import take_task
from crm.billing.models import Value
from crm.calls.defaults import ensure_reasons
from crm.calls.models import Call
from crm.cases import actions
from crm.cases.defaults import ensure_causes
from crm.cases.models import Breach, Case, Category, Problem, SlaPolicy
from crm.cases.sweep import sweep
from crm.customers.addressing import save_address
from crm.customers.correcting import decide_correction, report_bounce
from crm.customers.duplicates import look_for_duplicates
from crm.customers.editing import edit_customer
from crm.customers.identifying import save_paper
from crm.customers.judging import judge_day
from crm.customers.models import Customer, Duplicate, IdentityDocument, Merge, Subscription
from crm.desk.bulk import start_job, work
from crm.desk.canned.actions import keep_reply
from crm.desk.models import BulkJob, CannedReply
from crm.knowledge.models import Version
from crm.messaging.models import Arrival, Connection
from crm.privacy.asking import open_request
from crm.privacy.models import DataRequest
from crm.segments.actions import save_segment
from crm.segments.measuring import measure_everybody
from crm.segments.models import Segment
from crm.staff.models import Role, User
from crm.visits.actions import open_counter, start_visit
from tests.calls.people import a_call
from tests.caring.people import a_task
from tests.desk.breaches import reviewed
from tests.knowledge.conftest import handed_in, published
from tests.people import a_case, a_customer, a_line, a_member, a_team
from tests.visits.people import a_visitor, an_office

pytestmark = pytest.mark.django_db(transaction=True)
AXE = (Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text()
# What passes is not handed over, and style sheets are not fetched once more: only an experimental rule would read them.
RUN = """axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations'], preload: false,
}).then(({violations}) => violations.map(({id, nodes}) => `${id}: ${nodes[0].html.slice(0, 200)}`))"""
SETTLED = "document.fonts.status === 'loaded' && !document.querySelector('.htmx-request')"  # first fragments are there
DESKTOP = {"width": 1440, "height": 900}
# The narrow desk, 1440 x 900 enlarged twice (WCAG 1.4.10), a phone.
WINDOWS = ((1024, 768), (720, 450), (390, 844))
# By who opens them. A page is "room:name", with its query if it has one, or one of the addresses below.
SUPERVISORS = (
    "desk:desk", "desk:desk?queue=all", "desk:desk?queue=waiting", "a case", "a case without an answer", "desk:new",
    "desk:canned", "desk:canned-new", "a canned reply",
    "desk:customers", "a customer", "a customer's cases", "a customer's history",
    "privacy:requests", "privacy:looks", "a data request", "a data request to note",
    "a customer's consents", "an answer to record", "desk:consent-texts", "a consent text",
    "desk:duplicates", "two records", "a merge", "messaging:outbox?state=held",
    "a record", "a record to change", "an address", "a new contact", "a paper", "a look at a paper",
    "customers:quality", "customers:corrections", "customers:corrections?state=accepted",
    "desk:promises", "desk:wallboard", "desk:wallboard?theme=light",
    "desk:jobs", "a bulk action", "desk:views", "desk:view-new", "desk:notifications", "desk:ringing",
    "desk:breaches", "a breach",
    "desk:escalations", "desk:team", "somebody's cases", "desk:teams", "a team", "desk:skills", "desk:roles",
    "desk:settings", "desk:policies", "desk:policy-compare",
    "desk:categories", "desk:category-new", "a category", "desk:audit", "a draft of a policy",
    "staff:people", "staff:invite",
    "a review to sign", "desk:causes-report", "desk:causes", "desk:actions", "desk:my-actions", "a question",
    "staff:profile", "staff:password_change", "staff:shifts", "staff:sign_ins", "reports:sla", "reports:sla-cases",
    "reports:home", "reports:exports", "reports:schedules", "a report", "a list of a report", "a schedule",
    "a file to be made",
    "social:imports", "social:import-new", "messaging:outbox", "messaging:letters", "messaging:connections",
    "desk:problems", "desk:problems?state=proposed", "desk:problems?state=solved", "desk:problem-new", "desk:gathering",
    "a problem", "a message to all", "a problem is solved", "a proposal",
    "a connection", "messaging:arrivals",
    "desk:counter", "desk:visits", "desk:counter-arrive", "desk:counter-register", "desk:counter-paper",
    "desk:counter-end", "reports:visits",
    "knowledge:articles", "knowledge:articles?q=kuota+abis", "knowledge:articles?show=stale", "an article", "a tree",
    "knowledge:new", "knowledge:new?kind=tree", "knowledge:work", "a version in review", "knowledge:spellings",
    "segments:segments", "segments:segment-new", "segments:quadrant", "segments:weights", "a segment",
    "a segment to change", "a customer's measures",
    "desk:limits", "reports:calls",
    "caring:work", "caring:work?overdue=1", "a caring task", "caring:scores",
    "caring:programme", "caring:tasks", "caring:tasks?state=done", "a stage", "a stage to change", "caring:policy",
    "caring:runs", "caring:visits", "caring:visit-sheet", "a customer's caring",
    "caring:effect", "caring:effect-rows",
    "billing:loads", "billing:load-new", "billing:tiers", "a customer's bills",
    "a line", "a new line", "a line's next state", "desk:products",
    "desk:calls", "desk:calls?of=waiting", "desk:call-reasons", "a call to wrap up", "a call of somebody unknown",
)  # fmt: skip
ADMINISTRATORS = (
    "api:clients", "api:new-client", "staff:second_step_add", "messaging:connection-new", "a new mailbox",
    "a new SMS centre", "a connection's settings", "privacy:retention", "a period",
)  # fmt: skip
STRANGERS = (
    "staff:login", "staff:password_reset", "staff:password_sent", "web:help", "web:help?lang=id",
    "web:embed", "web:lost",
    "a public article",
)  # fmt: skip
DIALOGS = (
    "assign",
    "promise",
    "escalate",
    "wait",
    "settle",
    "edit",
    "problem",
    "link",
    "merge",
    "cancel",
    "policy",
    "snooze",
    "tags",
)
# Fragments of a page, files, redirects, forms that only post, and the API's own reader.
NO_PAGES = {
    "desk:duplicates-look", "desk:counter-find", "desk:call-bar", "desk:counter-sit",
    "desk:counter-call", "desk:counter-newcomer",
    "desk:next", "privacy:looks-export",
    "desk:filters", "desk:jobs-now",
    "desk:home", "desk:rows", "desk:strip", "desk:bell", "desk:find-customer", "desk:notifications-read",
    "desk:wallboard-board",
    "desk:review-days",
    "desk:quiet", "desk:ring", "desk:find", "desk:keys", "desk:names",
    "desk:policy-new", "reports:schedule-new", "reports:export-new",
    "staff:logout", "staff:presence", "staff:language", "staff:theme",
    "staff:second_step", "staff:company", "staff:company_callback", "staff:sign_out_elsewhere",
    "staff:second_step_remove", "staff:history", "api:token", "api:revoke-token", "api:schema", "api:docs",
    "messaging:arrivals-all", "customers:regions", "customers:corrections-export",
    "segments:segment-row", "segments:segment-count",
    "caring:work-next", "caring:work-take", "caring:work-back", "caring:work-outcome", "caring:work-score",
    "caring:work-undo", "caring:visits-act", "caring:way", "caring:row", "caring:evaluate-now",
    "caring:effect-file",
}  # fmt: skip


@pytest.fixture
def boss(site: str) -> User:
    """A supervisor of a team that has one of everything."""
    team = a_team("Social desk", channels=["call"])
    faulty = Connection.objects.create(channel="x", account="sapa_care", fault="429", fault_since=timezone.now())
    Arrival.objects.create(channel="x", connection=faulty, external_id="1", body=b"{}", state="failed", reason="poison")
    ratna = a_member("Ratna Kusumaningrum", Role.SUPERVISOR, teams=(team,), office=an_office())
    rina = a_customer("Rina Maharani", email="rina@example.com", msisdn="+6281200004471", tier="gold", city="Bandung")
    a_line(rina, "+6281200004471", "kartuHALO")
    a_case(timezone.now() - dt.timedelta(hours=1), customer=rina, team=team)
    a_case(timezone.now() - dt.timedelta(minutes=11), team=team)
    talked = a_case(timezone.now() - dt.timedelta(hours=2), customer=rina, team=team)
    sweep()
    actions.assign_case(case=talked, by=ratna, assignee=ratna)
    actions.answer_case(case=talked, text="Halo Ibu Rina.", by=ratna, channel="email", recipient="rina@example.com")
    actions.add_note(case=talked, text="Sektor 3 menurun.", by=ratna)
    ensure_reasons()
    a_call(ratna, until="ended")
    a_call(ratna, msisdn="")
    ensure_causes()
    hendro = a_member("Hendro Wibisono", Role.SUPERVISOR, teams=(team,))
    reviewed(Breach.objects.latest("pk"), hendro, owner=ratna)
    actions.ask_account(breach=Breach.objects.earliest("pk"), to=ratna, text="Apa yang terjadi?", by=ratna)
    SlaPolicy.objects.create(version=2)
    Category.objects.create(code="network", name="Jaringan", name_en="Network")
    keep_reply(reply=CannedReply(shortcut="sapa", title="Salam", text="Halo {nama}.", sharing="all"), by=ratna)
    actions.wait_for(case=talked, waiting_for="customer", by=ratna)
    gather(ratna, talked)
    serve(ratna, rina)
    know(ratna)
    double(ratna)
    keep_record(ratna, rina)
    care(ratna)
    measure_everybody(timezone.now())
    Value.objects.create(customer=rina, arpu=600_000, tier="gold")
    gold = [{"field": "tier", "op": "in", "value": ["gold"]}, {"field": "arpu", "op": "gte", "value": 500_000}]
    save_segment(segment=Segment(name="Gold"), conditions=gold, by=ratna)
    work.run(start_job(by=ratna, act="settle", params={"outcome": "solved"}, cases=Case.objects.all()).pk)
    return ratna


def gather(boss: User, case: Case) -> None:
    """A problem on which a case hangs, with a note, and one that is proposed."""
    known = actions.open_problem(title="Slow data Dago", place="Dago", by=boss, cases=[case])
    actions.note_on(problem=known, text="Tim lapangan berangkat.", by=boss)
    begun, others = timezone.now() - dt.timedelta(hours=2), Case.objects.exclude(pk=case.pk)
    Problem.objects.create(
        state="proposed", place="Dago", since=begun, opened_at=begun, likeness="gathered|leaf-place||dago",
        why=["leaf-place", "usual:0.40"], alike=list(others.values_list("pk", flat=True)),
    )  # fmt: skip


def serve(boss: User, customer: Customer) -> None:
    """Somebody at the counter, and some who wait."""
    open_counter(number=3, by=boss)
    start_visit(visit=a_visitor(purpose="card", note="kartu hilang", customer=customer), counter=3, by=boss)
    a_visitor(purpose="bill"), a_visitor(is_priority=True)


def care(boss: User) -> None:
    """A call of the programme that she has taken, and one that is free."""
    ensure_programme()
    ContactPolicy.objects.update(hold_out_per_mille=0, quiet_from=dt.time(3), quiet_until=dt.time(3))
    assert take_task(task=a_task(), by=boss).may
    a_task(16)


def know(boss: User) -> None:
    """An article that customers may read, a tree, and a version of another that waits."""
    sari = a_member("Sari Wulandari")
    published(sari, boss, is_public=True, products=["simPATI"], regions=["Bandung"])
    steps = {
        "steps_id": "# a\nAda sinyal?\n> Ya -> b\n# b\nSelesai.",
        "steps_en": "# a\nSignal?\n> Yes -> b\n# b\nDone.",
    }
    published(sari, boss, kind="tree", title="Langkah", english="Steps", **steps)
    handed_in(sari, title="Sinyal hilang", english="No signal")


def double(boss: User) -> None:
    """Two who are proposed as one customer, and two who were merged."""
    for _ in range(2):
        a_customer("Yoga", birth_date=dt.date(1990, 5, 14))
    look_for_duplicates()
    one, other = a_customer("Melati"), a_customer("Melati")
    actions.merge_records(survivor=one, absorbed=other, chosen={}, proof="Seen at the counter.", by=boss)


def keep_record(boss: User, rina: Customer) -> None:
    """One of everything on a record, with a doubt about each, and one doubt that was settled."""
    edit_customer(customer=rina, changes={"birth_date": dt.date(1990, 5, 14), "hobbies": ["memasak"]}, by=boss)
    save_address(customer=rina, kind="home", lines={"street": "Jl. Melati 3", "city": "Kota Bandung"}, by=boss)
    save_paper(customer=rina, kind="nik", number="3273021505900001", by=boss)
    report_bounce(customer=rina, recipient="rina@example.com")
    judge_day(timezone.localdate(), at=timezone.now())
    open_request(customer=rina, kind="access", words="Data apa saja?", channel="counter", by=boss)
    accepted = rina.corrections.open().filter(flaw="address_incomplete").get()
    decide_correction(correction=accepted, state="accepted", by=boss)


def address(page: str) -> str:
    case, late = Case.objects.exclude(assignee=None).get(data_request=None), Breach.objects.order_by("pk").first()
    known, proposed = (Problem.objects.get(state=state).number for state in ("open", "proposed"))
    twins = Duplicate.objects.values_list("first", "second").get(state="proposed")
    record = f"/customers/{Customer.objects.exclude(documents=None).get().pk}"
    special = {
        "a record": f"{record}/identity/",
        "a record to change": f"{record}/edit/",
        "an address": f"{record}/addresses/home/",
        "a new contact": f"{record}/contacts/new/",
        "a paper": f"{record}/papers/new/",
        "a look at a paper": f"{record}/papers/{IdentityDocument.objects.get().pk}/reveal/",
        "a case": f"/cases/{case.number}/",
        "a case without an answer": f"/cases/{Case.objects.filter(state='new').first().number}/",
        "two records": "/customers/duplicates/{}/with/{}/".format(*twins),
        "a merge": f"/customers/duplicates/merges/{Merge.objects.get().pk}/",
        "a customer": f"/customers/{case.customer_id}/",
        "a customer's measures": f"/customers/{case.customer_id}/measures/",
        "a segment": f"/segments/{Segment.objects.get().pk}/",
        "a segment to change": f"/segments/{Segment.objects.get().pk}/edit/",
        "a caring task": f"/caring/work/{Task.objects.exclude(assignee=None).get().pk}/",
        "a stage": "/caring/stages/13/",
        "a stage to change": "/caring/stages/14/edit/",
        "a customer's caring": f"/customers/{case.customer_id}/caring/",
        "a customer's bills": f"/customers/{case.customer_id}/bills/",
        "a line": f"/lines/{Subscription.objects.latest('pk').pk}/",
        "a line's next state": f"/lines/{Subscription.objects.latest('pk').pk}/act/state/",
        "a new line": f"/customers/{case.customer_id}/lines/new/",
        "a call to wrap up": f"/calls/{Call.objects.get(msisdn='+6281200004471').pk}/",
        "a call of somebody unknown": f"/calls/{Call.objects.get(msisdn='').pk}/",
        "a customer's cases": f"/customers/{case.customer_id}/cases/",
        "a customer's consents": f"/customers/{case.customer_id}/privacy/",
        "an answer to record": f"/customers/{case.customer_id}/consents/offers/",
        "a period": "/privacy/retention/contacts/",
        "a consent text": "/settings/consents/offers/",
        "a data request to note": f"/customers/{case.customer_id}/requests/new/",
        "a data request": f"/privacy/requests/{DataRequest.objects.get().pk}/",
        "a customer's history": f"/customers/{case.customer_id}/history/",
        "a bulk action": f"/jobs/{BulkJob.objects.get().pk}/",
        "a problem": f"/problems/{known}/",
        "a message to all": f"/problems/{known}/tell/",
        "a problem is solved": f"/problems/{known}/solve/",
        "a proposal": f"/problems/{proposed}/proposal/",
        "a report": "/reports/volumes/?period=week",
        "a list of a report": "/reports/volumes/list/?period=week",
        "a schedule": "/reports/schedules/new/?report=backlog",
        "a file to be made": "/reports/exports/new/?source=volumes-list&format=csv&period=week",
        "somebody's cases": f"/team/{case.assignee_id}/reassign/",
        "a team": f"/settings/teams/{case.team_id}/",
        "a breach": f"/breaches/{late.pk}/",
        "a review to sign": f"/breaches/{Breach.objects.latest('pk').pk}/?state=sign",
        "a question": f"/breaches/{late.pk}/ask/",
        "a canned reply": f"/canned/{CannedReply.objects.get().pk}/",
        "a category": f"/settings/categories/{Category.objects.get(code='network').pk}/",
        "a draft of a policy": "/settings/policies/2/",
        "an article": "/knowledge/{}/".format(Version.objects.published().earliest("pk").article_id),
        "a tree": "/knowledge/{}/?way=1".format(Version.objects.published().latest("pk").article_id),
        "a version in review": f"/knowledge/versions/{Version.objects.get(state='review').pk}/",
        "a public article": f"/help/articles/{Version.objects.get(is_public=True).article_id}/",
        "a connection": f"/channels/{Connection.objects.get().pk}/",
        "a connection's settings": f"/channels/{Connection.objects.get().pk}/change/",
        "a new mailbox": "/channels/new/email/",
        "a new SMS centre": "/channels/new/sms/",
    }
    name, _question, query = page.partition("?")
    return special.get(page) or reverse(name) + (f"?{query}" if query else "")


def findings(page: Page) -> list[str]:
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE)
    found: list[str] = page.evaluate(RUN)
    return found


def looked_at(page: Page, *, on_phone: bool) -> list[str]:
    """Under axe on a desktop, and in one of the two looks on a phone: a phone has other places, and the same colours.
    In both that nothing is wider than the window."""
    page.wait_for_function(SETTLED)
    wrong = findings(page)
    for width, height in WINDOWS:
        page.set_viewport_size({"width": width, "height": height})
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"scrolls sideways at {width} px")
    if on_phone:
        wrong += [f"on a phone: {one}" for one in findings(page)]
    page.set_viewport_size(DESKTOP)
    return wrong


def walk(page: Page, pages: tuple[str, ...]) -> dict[str, list[str]]:
    found, on_phone = {}, page.evaluate("matchMedia('(prefers-color-scheme: light)').matches")
    for name in pages:
        answer = page.goto(address(name))
        seen = answer and answer.ok
        found[name] = looked_at(page, on_phone=on_phone) if seen else [f"status {answer and answer.status}"]
    return found


def dialogs(page: Page, slugs: tuple[str, ...]) -> dict[str, list[str]]:
    page.goto(address("a case"))
    found = {}
    for slug in slugs:
        page.evaluate(f"htmx.ajax('GET', location.pathname + 'act/{slug}/', '#sheet')")
        page.wait_for_selector("#sheet[open] form")
        found[slug] = findings(page)
        page.keyboard.press("Escape")
    return found


def wrong_in(found: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name: wrong for name, wrong in found.items() if wrong}


@pytest.fixture(params=[("light", "en-US"), ("dark", "id-ID")], ids=["light-english", "dark-indonesian"])
def page_of(desk_of, boss, request):
    """`page_of(ratna)` is her page, in one of two looks that together have both themes and both languages."""
    theme, language = request.param
    return lambda user: desk_of(user, theme, language, bypass_csp=True, viewport=DESKTOP, reduced_motion="reduce")


def test_a_supervisors_pages_and_dialogs_have_no_barrier(page_of, boss):
    page = page_of(boss)
    assert wrong_in(walk(page, SUPERVISORS)) == {}
    assert wrong_in(dialogs(page, DIALOGS)) == {}


def test_an_administrators_and_a_strangers_pages_have_no_barrier(page_of):
    page = page_of(a_member("Yosef Kurniawan", Role.ADMINISTRATOR))
    assert wrong_in(walk(page, ADMINISTRATORS)) == {}
    page.context.clear_cookies()
    assert wrong_in(walk(page, STRANGERS)) == {}


def named_pages(patterns: Any, prefix: str = "") -> set[str]:
    """Every address that has a name and asks for nothing."""
    found = set()
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            if pattern.namespace != "admin":
                found |= named_pages(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else prefix)
        elif pattern.name and not pattern.pattern.converters and not pattern.pattern.regex.groups:
            found.add(f"{prefix}{pattern.name}")
    return found


def test_no_page_is_left_out():
    known = {page.partition("?")[0] for page in (*SUPERVISORS, *ADMINISTRATORS, *STRANGERS)}
    rooms = {
        "billing", "caring", "customers", "desk", "knowledge", "messaging", "privacy", "reports", "segments", "social",
        "staff", "web",
    }  # fmt: skip
    pages = {page for page in named_pages(get_resolver().url_patterns) if page.partition(":")[0] in rooms}
    assert pages - NO_PAGES - known == set()
