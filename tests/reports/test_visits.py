"""Wait and service of the centres: right to the second, and every number as long as its list."""

import datetime as dt
import io

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from crm.reports.visits import count
from crm.staff.models import Office, Role
from crm.visits.actions import call_visit, end_visit, leave, start_visit
from tests.people import a_member, a_team
from tests.visits.people import a_clerk, a_visitor, an_office

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def served(office, *, wait, service, counter=1):
    """Somebody who waited and was served so many minutes, today."""
    at = timezone.now() - 60 * MINUTE
    visit = a_visitor(office, at=at)
    call_visit(visit=visit, counter=counter, by=a_clerk(office=office), at=at + wait * MINUTE)
    start_visit(visit=visit, at=at + wait * MINUTE)
    return end_visit(visit=visit, at=at + (wait + service) * MINUTE)


@pytest.fixture
def day():
    dago, far = an_office(), an_office("panakkukang", "Asia/Makassar")
    for wait, service in ((2, 3), (4, 5), (20, 10)):
        served(dago, wait=wait, service=service)
    served(far, wait=1, service=1)
    leave(visit=a_visitor(dago))
    a_visitor(dago)
    days = [visit.day for visit in dago.visits.all()]
    return min(days), max(days)


@pytest.fixture
def bagas(client):
    quality = a_member(role=Role.QUALITY, language="en")
    client.force_login(quality)
    return quality


def test_medians_are_of_all_visits_and_not_of_days(day):
    rows = count(list(Office.objects.all()), *day)
    total, dago = rows[0], next(row for row in rows if row.office and row.office.code == "dago" and not row.day)
    assert (total.came.value, total.served.value, total.left.value, total.too_long.value) == (6, 4, 1, 1)
    assert (dago.called.value, dago.wait_median.value, dago.service_median.value) == (3, 240, 300)
    assert dago.wait_p90.value == pytest.approx(1008)
    assert dago.in_time == "66,7\xa0%"
    assert total.wait_median.value == 180


def test_each_number_opens_as_many_visits(client, bagas, day):
    for row in count(list(Office.objects.all()), *day):
        for figure in (row.came, row.called, row.served, row.left, row.too_long):
            assert len(client.get(figure.url).context["rows"]) == figure.value, figure


def test_the_page_and_its_files(client, bagas, day):
    shown = client.get(reverse("reports:visits")).content.decode()
    assert "GraPARI Dago" in shown
    assert "GraPARI Panakkukang" in shown
    only = client.get(reverse("reports:visits"), {"office": "panakkukang"}).content.decode()
    assert only.count("<b>GraPARI Dago</b>") == 0
    csv = client.get(reverse("reports:visits-export", args=["csv"])).getvalue().decode()
    assert csv.count("\n") == len(count(list(Office.objects.all()), *day)) + 1
    book = load_workbook(io.BytesIO(client.get(reverse("reports:visits-export", args=["xlsx"])).getvalue()))
    assert book.active.max_row == csv.count("\n")
    listed = client.get(reverse("desk:visits-export", args=["csv"])).getvalue().decode()
    assert "D-001" in listed


def test_a_day_on_which_nobody_came_and_a_wrong_day(client, bagas):
    assert "Nobody in this time" in client.get(reverse("reports:visits")).content.decode()
    assert client.get(reverse("reports:visits"), {"since": "kemarin"}).status_code == 200


def test_a_supervisor_sees_the_office_of_their_team_alone(client, day):
    team = a_team("Layanan GraPARI", office=an_office())
    client.force_login(a_member("Ratna", Role.SUPERVISOR, teams=(team,)))
    shown = client.get(reverse("reports:visits")).content.decode()
    assert ("GraPARI Dago" in shown, "Panakkukang" in shown) == (True, False)


def test_an_agent_reads_no_report_and_takes_no_file(client):
    client.force_login(a_clerk())
    assert client.get(reverse("reports:visits")).status_code == 403
    assert client.get(reverse("desk:visits-export", args=["csv"])).status_code == 403


def test_the_page_costs_the_same_however_many_came(client, bagas, day, django_assert_max_num_queries):
    client.get(reverse("reports:visits"))
    with django_assert_max_num_queries(16):
        client.get(reverse("reports:visits"))
