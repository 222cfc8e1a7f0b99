"""The knowledge base over REST: found as people write, and only with the scope for it."""

from urllib.parse import urlencode

import pytest

from crm.api.actions import create_client
from crm.api.models import Scope
from crm.api.v1.articles import ArticleShape
from crm.knowledge import actions
from crm.knowledge.spellings import plant_spellings
from crm.staff.models import Role
from tests.api.people import Caller, give_token, wrong_fields
from tests.api.test_schema import assert_shaped
from tests.knowledge.conftest import published, said
from tests.people import a_member

pytestmark = pytest.mark.django_db
PATH = "/api/v1/articles"


@pytest.fixture
def known():
    plant_spellings()
    return published(a_member(), a_member(role=Role.SUPERVISOR), answer_id="**Mohon** cek.", products=["simPATI"])


@pytest.fixture
def asking(client, administrator):
    system = create_client(name="Chat", scopes=[Scope.KNOWLEDGE_READ], channel="", by=administrator)[0]
    return Caller(client, give_token(system))


def ask(caller, **query):
    return caller.get(f"{PATH}?{urlencode(query)}")


def test_everyday_words_find_an_article_in_both_languages(asking, known):
    (one,) = ask(asking, q="kuota abis").json()["items"]
    assert_shaped(one, ArticleShape())
    assert (one["id"], one["products"], one["regions"]) == (known.article_id, ["simPATI"], [])
    assert [text["title"] for text in one["texts"]] == ["Kuota habis", "Quota used up"]
    assert one["texts"][0]["answer"] == "Mohon cek."


def test_drafts_and_what_was_taken_off_are_not_given_out(asking, known):
    actions.save_draft(by=known.author, **said("Kuota draf", "Quota draft"))
    actions.take_off(article=known.article, by=known.published_by)
    assert ask(asking, q="kuota").json() == {"items": []}


def test_words_are_asked_for_and_another_filter_is_refused(asking, known):
    assert wrong_fields(ask(asking)) == {"q": "required"}
    assert wrong_fields(ask(asking, q="kuota", state="draft")) == {"state": "unknown"}


def test_without_the_scope_nothing_is_found(caller, known):
    assert ask(caller, q="kuota").status_code == 403
