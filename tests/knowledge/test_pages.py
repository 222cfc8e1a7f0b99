"""The pages of the knowledge base, as people of each role meet them."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from crm.knowledge import actions
from crm.knowledge.models import Spelling, Version
from crm.staff.models import Role
from tests.knowledge.conftest import handed_in, published, said
from tests.people import a_division, a_member

User = get_user_model()
TREE = {"steps_id": "# a\nAda sinyal?\n> Ya -> b\n# b\nSelesai.", "steps_en": "# a\nSignal?\n> Yes -> b\n# b\nDone."}


@pytest.fixture
def as_user(client: Client, settings):
    settings.LANGUAGE_CODE = "en"

    def sign_in(user) -> Client:
        client.force_login(user)
        return client

    return sign_in


def page(client: Client, name: str, *args, **query) -> str:
    answer = client.get(reverse(f"knowledge:{name}", args=args), query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_an_agent_searches_reads_and_says_that_it_helped(as_user, sari, ratna):
    version, client = published(sari, ratna), as_user(sari)
    assert "Quota used up" in page(client, "articles", q="kuota abis")
    assert "Nothing fits these words" in page(client, "articles", q="roaming")
    assert "Did it help you?" in page(client, "article", version.article_id)
    client.post(reverse("knowledge:judge", args=[version.article_id]), {"helped": "1"})
    assert "helped 100%" in page(client, "articles")


def test_a_tree_is_walked_by_its_links(as_user, sari, ratna):
    version = published(sari, ratna, kind="tree", **TREE)
    client = as_user(sari)
    assert 'data-walk="1"' in page(client, "article", version.article_id)
    ended = page(client, "article", version.article_id, way="1")
    assert "Done." in ended
    assert "data-walk-back" in ended


def test_from_the_editor_over_a_review_to_the_list(as_user, sari, ratna):
    client = as_user(sari)
    client.post(reverse("knowledge:new"), said("Pulsa hilang", "Credit lost", regions="Bandung, Cimahi"))
    version = Version.objects.get()
    assert (version.regions, version.state) == (["Bandung", "Cimahi"], "draft")
    client.post(reverse("knowledge:move", args=[version.pk, "ask"]))
    assert client.post(reverse("knowledge:move", args=[version.pk, "publish"])).status_code == 403
    client = as_user(ratna)
    assert "Credit lost" in page(client, "work")
    client.post(reverse("knowledge:move", args=[version.pk, "publish"]))
    assert "Credit lost" in page(client, "articles")


def test_a_preview_saves_nothing_and_says_what_is_wrong_with_a_tree(as_user, sari):
    client = as_user(sari)
    seen = client.post(
        reverse("knowledge:new") + "?kind=tree", said() | {"steps_en": "# a\nOne\n> Yes -> b", "preview": "1"}
    )
    assert "leads to b" in seen.content.decode()
    assert not Version.objects.exists()


def test_a_version_shows_what_it_says_otherwise(as_user, sari, ratna):
    version = published(sari, ratna)
    draft = actions.save_draft(article=version.article, by=sari, **said("Kuota cepat habis", "Quota used up"))
    text = page(as_user(sari), "version", draft.pk)
    assert "<del>− Kuota habis</del>" in text
    assert "<ins>+ Kuota cepat habis</ins>" in text


@pytest.mark.parametrize("role", [Role.DIVISION, Role.ADMINISTRATOR])
def test_who_may_only_read_is_offered_nothing_else(as_user, sari, ratna, role):
    version = published(sari, ratna)
    reader = a_member("Togar", role, division=a_division() if role == Role.DIVISION else None)
    client = as_user(reader)
    assert "New article" not in page(client, "articles")
    for name, args in (
        ("new", ()),
        ("work", ()),
        ("version", (version.pk,)),
        ("spellings", ()),
        ("edit", (version.article_id,)),
    ):
        assert client.get(reverse(f"knowledge:{name}", args=args)).status_code == 403
    for name in ("checked", "off"):
        assert client.post(reverse(f"knowledge:{name}", args=[version.article_id])).status_code == 403
    assert Version.objects.published().exists()


def test_strangers_are_asked_to_sign_in(client):
    assert client.get(reverse("knowledge:articles")).status_code == 302


def test_a_spelling_is_one_word_and_is_kept_once(as_user, ratna):
    client, url = as_user(ratna), reverse("knowledge:spellings")
    client.post(url, {"said": "Mendem", "means": "Lambat  sekali"})
    assert Spelling.objects.get(said="mendem").means == "lambat sekali"
    for wrong in ("mendem", "dua kata", "é", "!"):
        assert client.post(url, {"said": wrong, "means": "x"}).status_code == 422
    client.post(reverse("knowledge:spelling-drop", args=[Spelling.objects.get(said="mendem").pk]))
    assert not Spelling.objects.filter(said="mendem").exists()


def test_the_list_goes_out_as_csv(as_user, sari, ratna):
    version = published(sari, ratna, title="=1+1", english="=1+1")
    actions.use(article=version.article, case=3, by=sari)
    file = as_user(sari).get(reverse("knowledge:export", args=["csv"]))
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Title,Kind,State")
    assert lines[1].startswith("'=1+1,Article,Published,")
    assert lines[1].endswith(",,1,0,")


def test_a_page_of_the_list_is_as_many_queries_for_thirty_as_for_one(
    as_user, sari, ratna, django_assert_max_num_queries
):
    client = as_user(ratna)
    for number in range(27):
        published(sari, ratna, title=f"Artikel {number:02}", english=f"Article {number:02}")
    with django_assert_max_num_queries(16):
        first = page(client, "articles")
    assert "Article 26" in first
    assert "Article 01" not in first
    link = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = client.get(reverse("knowledge:articles") + link).content.decode()
    assert "Article 01" in second
    assert "Article 02" not in second
    assert client.get(reverse("knowledge:articles"), {"before": "nonsense_x"}).status_code == 200
    handed_in(sari, title="Menunggu", english="Waiting")
    assert "Waiting" not in page(client, "articles")
