"""Who changed which setting: one list over every history, each for whom it is meant."""

import pghistory
import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from crm.cases import actions
from crm.cases.models import Category
from crm.customers.lines.catalogue import add_product, change_product
from crm.customers.models import LineRule
from crm.desk.models import CannedReply
from crm.messaging.models import Connection
from crm.staff import audit
from crm.staff.models import Role, Team, User
from tests.desk.conftest import text_of
from tests.people import a_member


@pytest.fixture
def yosef():
    return a_member("Yosef Kurniawan", Role.ADMINISTRATOR)


@translation.override("en")
def entries(user, **filters):
    return audit.page(user, audit.Filters(**filters))[0]


def test_every_tracked_setting_is_shown_in_the_audit():
    """A customer's record is none: who changed it stands on the customer's page. Its room's limits are."""
    tracked = {model for model in apps.get_models() if hasattr(model, "pgh_event_model")}
    tracked = {model for model in tracked if model._meta.app_label != "customers" or model is LineRule}
    assert {model._meta.label for model in tracked} == {one.model._meta.label for one in audit.watched()}


def test_a_change_is_told_field_by_field_with_names_of_other_rows(ratna, team):
    network = Category.objects.create(code="network", name="Jaringan", name_en="Network")
    signal = Category.objects.create(code="signal", name="Sinyal", name_en="Signal")
    actions.change_category(category=signal, by=ratna, parent=network, kind="complaint")
    newest = entries(ratna, what="cases.category")[0]
    assert (newest.by, newest.title, newest.did) == (ratna.name, "Sinyal", "Changed")
    told = {change.name: (change.before, change.after) for change in newest.changes}
    assert told == {"beneath": ("", "Network"), "kind": ("", "Complaint")}


def test_publishing_a_policy_stands_between_the_changes(as_user, ratna, yosef):
    draft = actions.draft_policy(by=ratna)
    actions.publish_policy(policy=draft, by=yosef)
    page = as_user(ratna).get("/settings/audit/").content.decode()
    assert "SLA policy v2" in page.replace("\n", "")
    assert "Published" in page
    assert yosef.name in page


def test_secrets_are_in_no_history_and_what_the_network_says_makes_no_line(yosef):
    made = Connection.objects.create(channel="email", account="care@sapa.example", sealed="hidden")
    Connection.objects.filter(pk=made.pk).update(fault="530", fault_since="2026-11-01T00:00Z", sealed="other")
    assert [one.did for one in entries(yosef, what="messaging.connection")] == ["Added"]
    assert not {"sealed", "hook"} & {f.name for f in Connection.pgh_event_model._meta.get_fields()}


def test_accounts_of_people_are_for_administrators(ratna, yosef, sari):
    with pghistory.context(by=yosef.pk):
        User.objects.filter(pk=sari.pk).update(name="Sari W.")
    assert "Sari W." in {one.title for one in entries(yosef)}
    assert "Sari W." not in {one.title for one in entries(ratna)}
    assert entries(ratna, what="staff.user") == []


def test_nobody_reads_how_another_worked_at_their_own_texts(ratna, yosef):
    CannedReply.objects.create(shortcut="hi", title="Mine alone", text="Halo", owner=ratna)
    assert "Mine alone" in {one.title for one in entries(ratna)}
    assert "Mine alone" not in {one.title for one in entries(yosef)}


def test_it_is_narrowed_by_what_who_and_when(as_user, ratna, yosef, team):
    actions.add_category(by=ratna, code="signal", name="Sinyal", name_en="Signal")
    actions.add_category(by=yosef, code="bill", name="Tagihan", name_en="Bill")
    assert [one.title for one in entries(ratna, what="cases.category", by=yosef.pk)] == ["Tagihan"]
    page = as_user(ratna).get("/settings/audit/?until=2020-01-01").content.decode()
    assert "Nothing was changed like this" in page


def test_pages_follow_each_other_without_a_gap_or_a_double(ratna, team):
    for number in range(7):
        actions.add_category(by=ratna, code=f"c{number}", name=f"c{number}", name_en="x")
    seen, after = [], ""
    while True:
        shown, after = audit.page(ratna, audit.Filters(), after, size=3)
        seen += [(one.at, one.title, one.subject) for one in shown]
        if not after:
            break
    whole = [(one.at, one.title, one.subject) for one in audit.page(ratna, audit.Filters(), size=200)[0]]
    assert seen == whole
    assert len(seen) >= 8


def test_many_changes_cost_as_many_questions_as_few(as_user, ratna, team):
    client = as_user(ratna)
    category = Category.objects.create(code="x", name="x", name_en="x")

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get("/settings/audit/")
        return len(asked)

    Category.objects.filter(pk=category.pk).update(name="y")
    Team.objects.filter(pk=team.pk).update(name="y")
    questions()
    few = questions()
    for number in range(60):
        Category.objects.filter(pk=category.pk).update(name=f"n{number}")
        Team.objects.filter(pk=team.pk).update(name=f"n{number}")
    assert questions() <= few  # two questions a kind of thing on the page


def test_the_file_has_a_line_for_each_field(as_user, ratna):
    signal = Category.objects.create(code="signal", name="Sinyal", name_en="Signal")
    actions.change_category(category=signal, by=ratna, name="Jangkauan", name_en="Coverage")
    text = text_of(as_user(ratna).get("/settings/audit/export.csv?what=cases.category"))
    assert text.count("Jangkauan,Changed") == 2
    assert "name,Sinyal,Jangkauan" in text


def test_an_agent_reads_no_audit(as_user, sari):
    client = as_user(sari)
    assert client.get("/settings/audit/").status_code == 403
    assert client.get("/settings/audit/export.csv").status_code == 403


def test_a_product_that_is_added_or_changed_stands_in_the_audit(ratna):
    made = add_product(code="Orbit 5G", postpaid=False, technology="internet", sold=True, by=ratna)
    change_product(product=made, technology="mobile", sold=False, by=ratna)
    changed, added = entries(ratna, what="event:device-mobile:audit.read")
    assert [(one.title, one.did, one.by) for one in (added, changed)] == [
        ("Orbit 5G", "Added", ratna.name), ("Orbit 5G", "Changed", ratna.name)
    ]  # fmt: skip
    assert [(one.name, one.before, one.after) for one in changed.changes] == [
        ("technology", "Internet", "Mobile"), ("sold", "yes", "no")
    ]  # fmt: skip
    assert changed.url == "/settings/products/Orbit%205G/"
