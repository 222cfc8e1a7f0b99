"""The words of the demo: our own, enough of them, and nobody's data."""

import datetime as dt
import random
import string

import pytest

from crm.cases.words import Kind, Outcome
from crm.customers import personal_data
from crm.customers.models import Customer
from crm.demo.categories import TREE
from crm.demo.customers import NAMES, Somebody
from crm.demo.story import Story, address_of, asides, opening_of, stories, words_for
from crm.timeline.models import Channel, NotACase

LEAVES = {leaf[0] for _name, _english, _division, leaves in TREE.values() for leaf in leaves}
AT = dt.datetime(2026, 3, 9, 2, 30, tzinfo=dt.UTC)


def texts(story: Story) -> list[str]:
    return [story.subject, *story.opening, *story.talk, story.log, story.ask, story.end]


def somebody(name: str = "Rina Maharani", honorific: str = "Ibu", kind: str = "person") -> Somebody:
    return Somebody(Customer(name=name, honorific=honorific, kind=kind), NAMES["cities"][0])


def test_there_are_at_least_sixty_situations() -> None:
    assert len({story.subject for story in stories()}) >= 60
    assert {story.kind for story in stories()} == set(Kind.values)
    assert {story.about for story in stories()} == LEAVES


@pytest.mark.parametrize("story", stories(), ids=lambda story: story.subject)
def test_a_story_can_be_told(story: Story) -> None:
    known = words_for(somebody(), "Sari", AT, random.Random(1))
    used = {field for text in texts(story) for _, field, _, _ in string.Formatter().parse(text) if field}
    assert used <= set(known)
    assert set(story.channels) <= set(Channel.values)
    assert story.talk[0].startswith("< {salam}")
    assert {line[:2] for line in story.talk} <= {"< ", "> ", "! "}
    assert story.outcome in Outcome.values


@pytest.mark.parametrize("story", stories(), ids=lambda story: story.subject)
def test_a_story_gives_no_personal_data_away(story: Story) -> None:
    known = words_for(somebody(), "Sari", AT, random.Random(1))
    assert [text for text in texts(story) if personal_data.find(text.format(**known))] == []


def test_what_is_put_aside_has_a_known_reason() -> None:
    assert {aside["reason"] for aside in asides()} == set(NotACase.Reason.values)
    assert {aside["channel"] for aside in asides()} <= set(Channel.values)


@pytest.mark.parametrize(
    ("name", "honorific", "kind", "said"),
    [
        ("Rina Maharani", "Ibu", "person", "Ibu Rina"),
        ("Paijo", "Bapak", "person", "Bapak Paijo"),
        ("Yoga Prasetya", "", "person", "Yoga"),
        ("CV Bahari Jaya", "", "company", "CV Bahari Jaya"),
    ],
)
def test_customers_are_addressed_by_name_and_the_honorific_they_chose(
    name: str, honorific: str, kind: str, said: str
) -> None:
    assert address_of(somebody(name, honorific, kind)) == said


def test_the_greeting_keeps_the_customers_own_time_of_day() -> None:
    woken = somebody()
    woken.customer.time_zone = "Asia/Jayapura"  # 02:30 UTC is half past eleven there, half past nine in Bandung
    said = {words_for(woken, "Sari", AT, random.Random(seed))["salam"] for seed in range(9)}
    assert said == {"Halo Ibu Rina", "Selamat siang Ibu Rina"}


def test_on_the_telephone_the_agents_note_is_the_first_message() -> None:
    story = next(one for one in stories() if one.log and "x" in one.channels)
    known = words_for(somebody(), "Sari", AT, random.Random(1))
    assert opening_of(story, Channel.CALL, known, random.Random(1)) == story.log.format(**known)
    assert opening_of(story, Channel.X, known, random.Random(1)).startswith("@sapa_care ")
