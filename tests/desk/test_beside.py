"""What we know beside a case, and into its answer."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.cases import actions
from crm.cases.models import Category
from crm.knowledge.models import Use
from crm.knowledge.spellings import plant_spellings
from tests.desk.conftest import HTMX
from tests.knowledge.conftest import published
from tests.people import a_case, a_customer, a_line


@pytest.fixture
def signal(sari, ratna, case):
    """What we know of lost signals, and a case about one."""
    plant_spellings()
    category = Category.objects.create(code="signal", name="Sinyal", name_en="Signal")
    actions.edit_case(case=case, by=sari, category=category)
    return published(
        sari, ratna, title="Tidak ada sinyal", english="No signal", categories=["signal"], is_public=True,
        answer_id="Mohon nyalakan ulang ponsel.", answer_en="Please restart the phone.",
    )  # fmt: skip


def card(client, case):
    return client.get(reverse("desk:articles", args=[case.number]), headers=HTMX).content.decode()


def offered(client, case, **query):
    return client.get(reverse("desk:canned-offer", args=[case.number]), query, headers=HTMX).content.decode()


def test_beside_a_case_stand_articles_with_why_and_the_problems_that_last(desk, case, signal, ratna):
    problem = actions.open_problem(title="Serat putus", by=ratna, category=Category.objects.get())
    text = card(desk, case)
    assert "No signal" in text
    assert "same category" in text
    assert "Serat putus" in text
    actions.solve_problem(problem=problem, solution="Disambung.", by=ratna)
    assert "Serat putus" not in card(desk, case)


def test_putting_it_in_counts_the_case_once_and_a_judgement_stays_there(desk, case, signal):
    for _ in range(2):
        assert desk.post(reverse("desk:article-used", args=[case.number, signal.article_id])).status_code == 204
    answer = desk.post(
        reverse("desk:article-judge", args=[case.number, signal.article_id]), {"helped": "1"}, headers=HTMX
    )
    assert "used here" in answer.content.decode()
    use = Use.objects.get()
    assert (use.case, use.used, use.helped) == (case.pk, True, True)


def test_the_slash_offers_text_and_link_in_the_customers_language(desk, case, signal):
    text = offered(desk, case)
    assert 'data-insert="Mohon nyalakan ulang ponsel."' in text
    assert f"/help/articles/{signal.article_id}/?lang=id" in text


def test_behind_a_question_mark_words_are_searched_and_nothing_is_chosen(desk, case, signal):
    found = offered(desk, case, of="articles", q="ga ada signal")
    assert "Mohon nyalakan ulang ponsel." in found
    assert 'aria-selected="true"' not in found
    assert "No article fits" in offered(desk, case, of="articles", q="roaming")


def test_nobody_uses_an_article_in_another_teams_case(as_user, joko, case, signal):
    client = as_user(joko)
    for name in ("article-used", "article-judge"):
        assert client.post(reverse(f"desk:{name}", args=[case.number, signal.article_id])).status_code == 404
    assert not Use.objects.exists()


def test_the_card_costs_the_same_for_one_article_and_for_ten(desk, case, signal, django_assert_max_num_queries):
    people = signal.author, signal.published_by
    a_line(case.customer, "+6281200004471")
    with django_assert_max_num_queries(18):
        card(desk, case)
    for number in range(9):
        published(*people, title=f"Tidak ada sinyal {number}", english=f"No signal {number}", categories=["signal"])
    with django_assert_max_num_queries(18):
        assert card(desk, case).count("same category") == 3


def test_what_is_past_its_day_is_not_proposed(desk, sari, ratna, team):
    plant_spellings()
    published(
        sari, ratna, title="Sinyal promo", english="Signal offer", valid_until=timezone.localdate() - dt.timedelta(1)
    )
    case = a_case(customer=a_customer(), team=team, text="sinyal promo")
    assert "Signal offer" not in card(desk, case)
