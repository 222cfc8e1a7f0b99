"""The page of an article that customers may read."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.knowledge.actions import take_off
from crm.staff.models import Role
from tests.knowledge.conftest import published
from tests.people import a_member


@pytest.fixture
def people(db):
    return a_member(), a_member("Ratna Kusumaningrum", Role.SUPERVISOR)


def read(client, version, **query):
    return client.get(reverse("web:article", args=[version.article_id]), query)


def test_anybody_reads_it_in_the_language_of_the_link_and_caches_keep_it(client, people):
    version = published(*people, is_public=True, answer_en="Please check.", answer_id="Mohon dicek.")
    answer = read(client, version, lang="en")
    assert "Please check." in answer.content.decode()
    assert "Mohon dicek." in read(client, version, lang="id").content.decode()
    assert {"public", "max-age=300"} <= set(answer["Cache-Control"].split(", "))
    assert not answer.cookies


def test_what_is_not_for_customers_is_not_there(client, people):
    inside = published(*people)
    past = published(*people, is_public=True, valid_until=timezone.localdate() - dt.timedelta(1))
    gone = published(*people, is_public=True)
    take_off(article=gone.article, by=people[1])
    assert [read(client, one).status_code for one in (inside, past, gone)] == [404, 404, 404]
