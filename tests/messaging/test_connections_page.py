"""Settings → Channels: what a supervisor sees of each account of ours, and what an administrator sets."""

import datetime as dt

import pytest
from django.db import connection as database
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from pytest_django import DjangoAssertNumQueries, Settings

from crm.events.models import Event
from crm.messaging import channels
from crm.messaging.advice import advice
from crm.messaging.channels import Adapter, Field, Passing, Permanent, Sent
from crm.messaging.models import Arrival, Connection, Message
from crm.staff.models import Role
from tests.messaging.conftest import Counterpart, Queue, ago
from tests.messaging.kannel import a_connection
from tests.people import a_member

TOKEN, NEW_TOKEN = "tok-rahasia-1", "tok-rahasia-2"


class Meta(Adapter):
    """A network that needs a base address, a page number, a flag and two secrets."""

    callback_says = _("Paste it under Webhooks.")
    fields = (
        Field("base_url", _("Base URL"), kind="url", default="https://graph.example"),
        Field("page", _("Page number"), kind="number", required=False),
        Field("strict", _("Strict"), kind="flag", required=False, default=True),
        Field("token", _("Access token"), kind="secret"),
        Field("app_secret", _("App secret"), kind="secret", required=False),
    )

    def __init__(self) -> None:
        self.fault: Exception | None = None
        self.asked: list[object] = []

    def check(self, connection: Connection) -> None:
        self.asked.append(("check", database.in_atomic_block, connection.secrets))
        if self.fault:
            raise self.fault

    def try_out(self, connection: Connection, *, recipient: str, text: str) -> Sent:
        self.asked.append((recipient, text))
        if self.fault:
            raise self.fault
        return Sent("1")


@pytest.fixture
def meta(monkeypatch: pytest.MonkeyPatch) -> Meta:
    adapter = Meta()
    monkeypatch.setitem(channels._adapters, "facebook", adapter)
    return adapter


@pytest.fixture
def page(db: None, meta: Meta) -> Connection:
    connection = Connection(channel="facebook", account="SapaPage", options={"base_url": "https://graph.example"})
    connection.secrets = {"token": TOKEN}
    connection.save()
    return connection


@pytest.fixture
def yosef(client: Client, db: None) -> Client:
    client.force_login(a_member("Yosef Kurniawan", Role.ADMINISTRATOR, language="en"))
    return client


@pytest.fixture
def ratna(db: None) -> Client:
    client = Client()
    client.force_login(a_member("Ratna Kusumaningrum", Role.SUPERVISOR, language="en"))
    return client


def html(answer: HttpResponse, status: int = 200) -> str:
    assert answer.status_code == status
    return answer.content.decode()


def filled(**fields: str) -> dict[str, str]:
    given = {"account": "@SapaNew", "name": "", "option-base_url": "https://graph.example", "option-token": TOKEN}
    return given | {"option-strict": "on"} | fields


def test_an_administrator_connects_an_account(yosef: Client, meta: Meta) -> None:
    assert "/channels/new/facebook/" in html(yosef.get("/channels/new/"))
    assert 'value="https://graph.example"' in html(yosef.get("/channels/new/facebook/"))
    yosef.post("/channels/new/facebook/", filled(**{"option-page": "7"}))
    made = Connection.objects.get()
    assert (made.account, made.options) == (
        "SapaNew", {"base_url": "https://graph.example", "page": 7, "strict": True},
    )  # fmt: skip
    assert made.secrets == {"token": TOKEN}
    assert Event.objects.get(kind="connection.added").facts == {"channel": "facebook"}


@pytest.mark.parametrize(
    ("field", "value"),
    [("account", ""), ("account", "@"), ("option-token", ""), ("option-base_url", "no address"), ("option-page", "x")],
)
def test_what_cannot_be_connected_is_told_and_not_kept(yosef: Client, meta: Meta, field: str, value: str) -> None:
    assert "aria-invalid" in html(yosef.post("/channels/new/facebook/", filled(**{field: value})), 422)
    assert not Connection.objects.exists()


def test_one_account_is_connected_once_in_any_case(yosef: Client, page: Connection) -> None:
    html(yosef.post("/channels/new/facebook/", filled(account="sapapage")), 422)
    assert Connection.objects.count() == 1


def test_a_channel_that_needs_nothing_cannot_be_connected(yosef: Client) -> None:
    assert "/channels/new/call/" not in html(yosef.get("/channels/new/"))
    html(yosef.get("/channels/new/call/"), 404)
    html(yosef.get("/channels/new/nonsense/"), 404)


def test_a_secret_is_never_shown_again_not_even_to_who_typed_it(yosef: Client, page: Connection) -> None:
    for url in (f"/channels/{page.pk}/", f"/channels/{page.pk}/change/", "/channels/"):
        assert TOKEN not in html(yosef.get(url))
    wrong = yosef.post(f"/channels/{page.pk}/change/", filled(**{"option-page": "x", "option-token": NEW_TOKEN}))
    assert NEW_TOKEN not in html(wrong, 422)


def test_a_secret_left_empty_stays_and_a_typed_one_replaces_it(yosef: Client, page: Connection) -> None:
    yosef.post(f"/channels/{page.pk}/change/", filled(**{"option-token": ""}))
    page.refresh_from_db()
    assert page.secrets == {"token": TOKEN}
    yosef.post(f"/channels/{page.pk}/change/", filled(**{"option-token": NEW_TOKEN, "option-app_secret": "a"}))
    page.refresh_from_db()
    assert page.secrets == {"token": NEW_TOKEN, "app_secret": "a"}


def test_the_history_names_what_was_changed_and_never_the_values(yosef: Client, page: Connection) -> None:
    change = filled(name="Our page", **{"option-token": NEW_TOKEN, "option-base_url": "https://other.example"})
    yosef.post(f"/channels/{page.pk}/change/", change)
    assert Event.objects.get().facts == {"fields": ["base_url", "strict", "name", "token"]}
    assert "Changed: Base URL, Strict, Name, Access token" in html(yosef.get(f"/channels/{page.pk}/"))
    yosef.post(f"/channels/{page.pk}/change/", change | {"option-token": ""})
    assert Event.objects.count() == 1


def test_with_another_key_the_page_says_so_and_takes_the_secrets_anew(
    yosef: Client, page: Connection, meta: Meta, settings: Settings
) -> None:
    settings.SEALING_KEYS = ["another key"]
    shown = html(yosef.get(f"/channels/{page.pk}/"))
    assert "cannot be read" in shown
    assert "SEALING_KEYS" in shown
    html(yosef.post(f"/channels/{page.pk}/change/", filled(**{"option-token": ""})), 422)
    assert "cannot be read" in html(yosef.post(f"/channels/{page.pk}/check/", follow=True))
    yosef.post(f"/channels/{page.pk}/change/", filled(**{"option-token": NEW_TOKEN}))
    page.refresh_from_db()
    assert page.secrets == {"token": NEW_TOKEN}


def test_the_callback_address_is_whole_and_for_administrators_alone(
    yosef: Client, ratna: Client, page: Connection, meta: Meta, settings: Settings
) -> None:
    settings.SITE_URL = "https://care.sapa.example/"
    meta.callback = "messaging:connection-add"  # any address with one argument
    address = "https://care.sapa.example" + reverse("messaging:connection-add", args=[page.hook])
    shown = html(yosef.get(f"/channels/{page.pk}/"))
    assert address in shown
    assert "Paste it under Webhooks." in shown
    assert page.hook not in html(ratna.get(f"/channels/{page.pk}/"))


def test_check_now_asks_outside_any_transaction_and_keeps_the_answer(
    client: Client, transactional_db: None, meta: Meta
) -> None:
    client.force_login(a_member("Ratna", Role.SUPERVISOR, language="en"))
    page = Connection(channel="facebook", account="SapaPage")
    page.secrets = {"token": TOKEN}
    page.save()
    assert "answers and agrees" in html(client.post(f"/channels/{page.pk}/check/", follow=True))
    assert meta.asked == [("check", False, {"token": TOKEN})]
    page.refresh_from_db()
    assert page.condition == "works"


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Permanent("401"), "401"),
        (Passing("429", retry_at=timezone.now() + dt.timedelta(hours=9)), "429"),
        (Passing(), "unknown"),
        (ValueError("rina@example.com"), "ValueError at test_connections_page.py"),
    ],
)
def test_a_check_that_fails_is_a_fault_with_words_that_help(
    ratna: Client, page: Connection, meta: Meta, fault: Exception, reason: str
) -> None:
    meta.fault = fault
    shown = html(ratna.post(f"/channels/{page.pk}/check/", follow=True))
    page.refresh_from_db()
    assert page.fault.startswith(reason)
    assert advice(page.fault).split("'")[0] in shown
    assert Event.objects.get().facts["fault"] == page.fault
    assert "rina@example.com" not in shown
    assert page.condition == ("paused" if reason == "429" else "faulty")


def test_a_test_goes_to_an_address_that_is_kept_nowhere(ratna: Client, page: Connection, meta: Meta) -> None:
    shown = html(ratna.post(f"/channels/{page.pk}/test/", {"recipient": "budi.uji"}, follow=True))
    assert "took the test" in shown
    assert [recipient for recipient, _text in meta.asked] == ["budi.uji"]  # type: ignore[misc]
    event = Event.objects.get(kind="connection.tried")
    assert "budi" not in f"{event.facts}"
    assert "budi.uji" not in html(ratna.get(f"/channels/{page.pk}/"))


def test_a_test_that_is_refused_says_why(ratna: Client, page: Connection, meta: Meta) -> None:
    meta.fault = Permanent("403 forbidden")
    assert "refuses our keys" in html(ratna.post(f"/channels/{page.pk}/test/", {"recipient": "budi"}, follow=True))
    meta.asked.clear()
    ratna.post(f"/channels/{page.pk}/test/", {"recipient": ""})
    assert meta.asked == []


def test_what_an_adapter_cannot_do_is_not_offered(ratna: Client, db: None) -> None:
    letter = Connection.objects.create(channel="letter", account="House")
    shown = html(ratna.get(f"/channels/{letter.pk}/"))
    assert "/check/" not in shown
    assert "/test/" not in shown
    html(ratna.post(f"/channels/{letter.pk}/check/"), 404)
    html(ratna.post(f"/channels/{letter.pk}/test/", {"recipient": "x"}), 404)


def test_a_channel_that_this_release_lost_is_still_shown(ratna: Client, yosef: Client) -> None:
    gone = Connection.objects.create(channel="instagram", account="Old")
    assert "knows no such channel" in html(ratna.get(f"/channels/{gone.pk}/"))
    html(yosef.get(f"/channels/{gone.pk}/change/"), 404)


def test_a_connection_is_switched_off_and_on(ratna: Client, page: Connection) -> None:
    for on, kinds in (("0", 1), ("0", 1), ("1", 2)):
        ratna.post(f"/channels/{page.pk}/switch/", {"on": on})
        page.refresh_from_db()
        assert (page.is_active, Event.objects.count()) == (on == "1", kinds)


def test_each_condition_has_its_word(ratna: Client, meta: Meta) -> None:
    soon = timezone.now() + dt.timedelta(minutes=9)
    cases = {
        "Works": {"last_ok_at": ago(minutes=1)},
        "Faulty": {"fault": "503", "fault_since": ago(hours=2), "last_ok_at": ago(days=1)},
        "Paused by the network": {"fault": "429", "fault_since": ago(hours=2), "paused_until": soon},
        "Never used": {},
        "Switched off": {"is_active": False, "fault": "503", "fault_since": ago(hours=2)},
    }
    for number, fields in enumerate(cases.values()):
        Connection.objects.create(channel="facebook", account=f"Page{number}", **fields)
    shown = html(ratna.get("/channels/"))
    assert all(word in shown for word in cases)
    assert [str(one.condition.label) for one in Connection.objects.order_by("pk")] == list(cases)


def test_what_waits_and_what_is_stuck_counts_for_its_own_account(
    ratna: Client, network: Counterpart, queue: Queue
) -> None:
    first, second = (Connection.objects.create(channel="x", account=name) for name in ("Sapa", "SapaCare"))
    queue(account="sapacare")
    queue()  # of no account: the channel's first takes it
    stuck = queue(account="Gone")
    Message.objects.filter(pk=stuck.pk).update(state="failed")
    Arrival.objects.create(channel="x", connection=second, external_id="1", body=b"", state="failed")
    Arrival.objects.create(channel="x", connection=second, external_id="2", body=b"")
    rows = {one.pk: one.load for one in ratna.get("/channels/").context["rows"]}
    assert (rows[first.pk].waiting, rows[first.pk].stuck) == (1, 1)
    assert (rows[second.pk].waiting, rows[second.pk].failed, rows[second.pk].arriving) == (1, 1, 1)
    assert list(ratna.get(f"/outbox/?connection={first.pk}").context["rows"]) == [stuck]
    assert list(ratna.get(f"/outbox/?connection={second.pk}").context["rows"]) == []
    html(ratna.get("/outbox/?connection=999999"), 404)


def test_a_message_of_an_account_that_is_off_lies_there(ratna: Client, network: Counterpart, queue: Queue) -> None:
    Connection.objects.create(channel="x", account="Sapa")
    off = Connection.objects.create(channel="x", account="SapaOff", is_active=False)
    queue(account="SapaOff")
    assert {one.pk: one.load.waiting for one in ratna.get("/channels/").context["rows"]}[off.pk] == 1


def test_an_empty_page_says_what_to_do(ratna: Client, yosef: Client, meta: Meta) -> None:
    assert "No account is connected yet" in html(ratna.get("/channels/"))
    assert "/channels/new/" not in html(ratna.get("/channels/"))
    assert "/channels/new/" in html(yosef.get("/channels/"))


def test_the_history_is_paged(ratna: Client, page: Connection) -> None:
    for _each in range(51):
        ratna.post(f"/channels/{page.pk}/check/")
    first = ratna.get(f"/channels/{page.pk}/").context
    second = ratna.get(f"/channels/{page.pk}/{first['older_url']}").context
    assert (len(first["history"]), len(second["history"]), second["older_url"]) == (50, 1, "")


def test_the_list_costs_the_same_whatever_its_length(
    ratna: Client, meta: Meta, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    def cost(rows: int) -> int:
        for _each in range(rows):
            Connection.objects.create(channel="facebook", account=f"Page{Connection.objects.count()}")
        with django_assert_max_num_queries(14) as queries:
            ratna.get("/channels/")
        return len(queries)

    cost(1)
    assert cost(1) == cost(20)


CHANGING = ["change/", "switch/", "check/", "test/"]


@pytest.mark.parametrize("role", [Role.AGENT, Role.QUALITY, Role.DIVISION])
def test_nobody_else_looks_or_acts(client: Client, page: Connection, meta: Meta, role: Role) -> None:
    client.force_login(a_member("Sari", role))
    for url in ("/channels/", f"/channels/{page.pk}/", "/channels/new/", "/channels/arrivals/"):
        html(client.get(url), 403)
    for act in CHANGING:
        html(client.post(f"/channels/{page.pk}/{act}", {"on": "0", "recipient": "x"}), 403)
    untouched(page, meta)


def test_a_supervisor_looks_and_checks_but_neither_connects_nor_changes(
    ratna: Client, page: Connection, meta: Meta
) -> None:
    assert "/change/" not in html(ratna.get(f"/channels/{page.pk}/"))
    for url in ("/channels/new/", "/channels/new/facebook/", f"/channels/{page.pk}/change/"):
        html(ratna.get(url), 403)
        html(ratna.post(url, filled(**{"option-base_url": "https://evil.example"})), 403)
    untouched(page, meta)


def test_a_stranger_is_asked_to_sign_in(client: Client, page: Connection, meta: Meta) -> None:
    for act in ["", *CHANGING]:
        assert "/login/" in client.post(f"/channels/{page.pk}/{act}").headers["Location"]
    untouched(page, meta)


def untouched(page: Connection, meta: Meta) -> None:
    before = page.sealed, page.options, page.is_active
    page.refresh_from_db()
    assert (page.sealed, page.options, page.is_active) == before
    assert meta.asked == []
    assert not Event.objects.filter(subject_type="connection").exists()


def test_looking_is_done_by_get_and_acting_by_post(yosef: Client, page: Connection) -> None:
    html(yosef.post("/channels/"), 405)
    for act in ("switch/", "check/", "test/"):
        html(yosef.get(f"/channels/{page.pk}/{act}"), 405)


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        ("SMTPAuthenticationError (535)", "log-in"),
        ("429", "too often"),
        ("503", "of its own"),
        ("ConnectionRefusedError", "does not answer"),
        ("gaierror", "name is unknown"),
        ("SSLCertVerificationError", "certificate"),
        ("KeyError at x.py:3", "fault of ours"),
        ("404 not found", "does not know"),
        ("SMS centre away", "waits there"),
        ("Kannel: log-in refused (403)", "log-in"),
        ("Kannel: unreachable", "does not answer"),
        ("something else", "pass the reason on"),
    ],
)
def test_each_fault_comes_with_advice(fault: str, word: str) -> None:
    with translation.override("en"):
        assert word in advice(fault)
        assert advice("") == ""


def test_the_history_names_the_person(ratna: Client, page: Connection) -> None:
    ratna.post(f"/channels/{page.pk}/switch/", {"on": "0"})
    assert "Ratna Kusumaningrum ·" in html(ratna.get(f"/channels/{page.pk}/"))


def test_an_address_that_is_itself_the_secret_is_shown_as_the_other_side_reaches_us(yosef: Client, db: None) -> None:
    sms = a_connection("http://127.0.0.1:13013")
    shown = html(yosef.get(f"/channels/{sms.pk}/"))
    assert f"http://sapa.example:8000/hooks/sms/{sms.hook}/in/" in shown
    assert "Show it to nobody." in shown
