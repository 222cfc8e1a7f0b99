"""A month's report of breaches: its figures, its words, whose it is."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from reportlab.graphics.shapes import Drawing, String
from reportlab.platypus import Paragraph, Table

from crm.cases import actions
from crm.cases.actions.reviewing import Action
from crm.cases.defaults import ensure_causes
from crm.cases.models import Breach
from crm.desk.monthly import report
from crm.desk.monthly.figures import Month, figures_of
from crm.desk.monthly.paper import clean
from crm.staff.models import Role
from tests.desk.breaches import cause, many_late, reviewed
from tests.people import a_member


@pytest.fixture(autouse=True)
def causes(policy) -> None:
    ensure_causes()


def this_month() -> Month:
    return Month(timezone.localdate().replace(day=1))


def words_in(parts: Iterable[Any]) -> Iterator[str]:
    """Every word that is drawn."""
    for part in parts:
        if isinstance(part, Paragraph):
            yield part.text
        elif isinstance(part, Drawing):
            yield from (one.text for one in part.contents if isinstance(one, String))
        elif isinstance(part, Table):
            yield from words_in(cell for row in part._cellvalues for cell in row)
        elif isinstance(part, list):
            yield from words_in(part)
        elif hasattr(part, "_content"):
            yield from words_in(part._content)


def words_for(user, language: str = "en") -> str:
    with translation.override(language):
        return " ".join(words_in(report._content(figures_of(this_month(), user))))


def path_of(month: Month) -> str:
    return f"/breaches/months/{month.first:%Y-%m}.pdf"


def test_the_figures_are_those_of_the_month(ratna, sari, team):
    first, second, excused, waiting = many_late(team, sari, 4)
    noon = timezone.make_aware(dt.datetime.combine(this_month().first, dt.time(12)))
    Breach.objects.update(due_at=noon)
    Breach.objects.filter(pk=waiting.pk).update(due_at=noon - dt.timedelta(days=2))
    reviewed(first, ratna)
    reviewed(second, ratna, code=cause("A3"))
    reviewed(excused, ratna, code=cause("T1"), excusable=True, excuse="Padam.", action=Action())
    actions.finish_action(breach=first, note="Sudah.", by=ratna)
    figures = figures_of(this_month(), ratna)
    assert (figures.counts["all"], figures.counts["excused"], figures.unreviewed) == (3, 1, 0)
    assert (figures.before["all"], figures.days[0][1], figures.hours[12]) == (1, 3, 3)
    assert figures.actions == {"all": 2, "done": 1, "open": 1, "late": 0}
    assert [one.count for one in figures.causes] == [1, 1, 0]
    assert [(part.count, part.reviewed, part.excused) for part in figures.teams] == [(3, 3, 1)]
    assert figures.months[-2:] == [(this_month().before.first, 1, 0), (this_month().first, 2, 1)]


def test_it_is_written_in_the_readers_language_and_names_no_customer(ratna, sari, team):
    (breach,) = many_late(team, sari, 1)
    reviewed(breach, ratna)
    english = words_for(ratna)
    for words in ("Not seen in the queue", breach.number, f"#{breach.case.number}", "Piket siang ditambah."):
        assert words in english
    assert "Pelanggan 0" not in english
    assert "Tidak terlihat di antrean" in words_for(ratna, "id")


def test_it_comes_as_a_file(as_user, ratna, sari, team):
    reviewed(many_late(team, sari, 1)[0], ratna)
    answer = as_user(ratna).get(path_of(this_month()))
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert f"breaches-{this_month().first:%Y-%m}.pdf" in answer["Content-Disposition"]
    assert path_of(this_month()) in as_user(ratna).get("/breaches/").content.decode()


def test_a_month_without_a_breach_says_so(as_user, ratna):
    assert "No deadline was missed" in words_for(ratna)
    assert as_user(ratna).get(path_of(this_month())).content[:5] == b"%PDF-"


def test_another_team_stands_in_no_report_of_ours(joko, sari, team):
    many_late(team, sari, 1)
    assert "No deadline was missed" in words_for(a_member("Hendro", Role.SUPERVISOR, teams=(joko.team,)))


def test_a_report_costs_the_same_queries_with_one_and_with_ten(ratna, sari, team, django_assert_num_queries):
    reviewed(many_late(team, sari, 1)[0], ratna)
    figures_of(this_month(), ratna)  # whose teams are known from then on
    with CaptureQueriesContext(connection) as few:
        figures_of(this_month(), ratna)
    for breach in many_late(team, sari, 9):
        reviewed(breach, ratna)
    with django_assert_num_queries(len(few)):
        figures_of(this_month(), ratna)


def test_there_is_no_report_of_a_month_to_come_nor_for_agents(as_user, ratna, sari):
    assert as_user(ratna).get(path_of(this_month().following)).status_code == 404
    assert as_user(ratna).get("/breaches/months/2026-13.pdf").status_code == 404
    assert as_user(sari).get(path_of(this_month())).status_code == 403


def test_what_the_font_cannot_draw_is_left_blank():
    assert clean("Terima kasih 🙏 ñ") == "Terima kasih   ñ"
