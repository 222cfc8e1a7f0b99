"""What people write finds what we know."""

import datetime as dt

import pytest
from django.utils import timezone, translation

from crm.knowledge.actions import drop_spelling, keep_spelling
from crm.knowledge.models import Spelling
from crm.knowledge.search import Matter, find, propose
from tests.knowledge.conftest import published

KNOWN = (
    ("Tidak bisa internet padahal ada sinyal", "No internet although there is signal"),
    ("Tidak ada sinyal sama sekali", "No signal at all"),
    ("Kuota habis lebih cepat", "Quota used up too soon"),
    ("Internet lambat pada jam sibuk", "Slow internet at busy hours"),
    ("Isi ulang belum masuk", "Top-up has not arrived"),
    ("Mengaktifkan roaming", "Switching roaming on"),
)


@pytest.fixture
def known(sari, ratna):
    return [published(sari, ratna, title=title, english=english) for title, english in KNOWN]


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("gak bisa internetan", 0),
        ("Min, ga bisa inetan nih :(", 0),
        ("ga ada sinyal", 1),
        ("kuota abis", 2),
        ("kuotanya udah abis aja", 2),
        ("lemot banget internetnya", 3),
        ("topup blm masuk", 4),
        ("my top-up has not arrived", 4),
        ("roming", 5),
        ("kouta habis", 2),
    ],
)
def test_everyday_words_and_typing_errors_find_the_article(known, asked, first):
    assert find(asked)[0].version == known[first]


@pytest.mark.parametrize("asked", ["", "   ", "min dong kak", "zzzzqqq", "' OR 1=1 --", "& | ! : *", "0812 3456", "🙏"])
def test_what_says_nothing_finds_nothing_and_breaks_nothing(known, asked):
    assert find(asked) == []


def test_a_snippet_marks_the_words_and_escapes_the_rest(sari, ratna):
    published(sari, ratna, body_id="Nyalakan roaming < 5 menit & tunggu.", title="Perjalanan", english="Travel")
    with translation.override("id"):
        (found,) = find("roaming")
    assert found.snippet == "Nyalakan <mark>roaming</mark> &lt; 5 menit &amp; tunggu."


def test_a_supervisors_spelling_holds_at_once(known, ratna):
    assert find("mendem") == []
    kept = keep_spelling(spelling=Spelling(said="mendem", means="lambat"), by=ratna)
    assert find("mendem")[0].version == known[3]
    drop_spelling(spelling=kept, by=ratna)
    assert find("mendem") == []


def test_drafts_replaced_ones_and_those_past_their_day_are_not_found(known, sari, ratna):
    published(sari, ratna, title="Promo akhir pekan", valid_until=timezone.localdate() - dt.timedelta(days=1))
    assert find("promo") == []


def test_a_search_is_few_queries(known, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        find("gak bisa internetan")
    with django_assert_max_num_queries(8):  # two for each word that no article has
        find("intrenet roming")


def test_beside_a_matter_stand_three_at_most_with_why(known, sari, ratna):
    here = published(
        sari, ratna, title="Sinyal di Dago", english="Signal in Dago", regions=["Bandung"], categories=["signal"]
    )
    published(
        sari,
        ratna,
        title="Sinyal di Makassar",
        english="Signal in Makassar",
        regions=["Makassar"],
        categories=["signal"],
    )
    matter = Matter(
        "ga ada sinyal dari tadi min", frozenset({"signal"}), frozenset({"simPATI"}), frozenset({"Bandung"})
    )
    found = propose(matter)
    assert len(found) <= 3
    assert found[0].version == here
    assert found[0].why == ("category", "region")
    assert "sinyal" in found[0].terms
    assert "Sinyal di Makassar" not in {one.version.title_id for one in found}


def test_nothing_is_proposed_for_a_matter_of_which_we_know_nothing(known):
    assert propose(Matter("terima kasih atas bantuannya")) == []
