"""From a draft to its readers and off again."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.events.models import Event
from crm.knowledge import actions
from crm.knowledge.errors import KnowledgeError
from crm.knowledge.models import Article, Use, Version
from tests.knowledge.conftest import handed_in, published, said
from tests.people import a_member


def states(article: Article) -> list[str]:
    return list(article.versions.order_by("number").values_list("state", flat=True))


def test_another_person_publishes_what_one_wrote(sari, ratna):
    version = handed_in(ratna)
    with pytest.raises(KnowledgeError, match="Another person"):
        actions.publish(version=version, by=ratna)
    assert states(version.article) == ["review"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.filter(pk=version.pk).update(state="published", published_at=timezone.now(), published_by=ratna)
    actions.publish(version=version, by=a_member("Hendro", "supervisor"))
    assert states(version.article) == ["published"]


def test_the_published_version_stays_until_the_next_one_replaces_it(sari, ratna):
    first = published(sari, ratna)
    actions.save_draft(article=first.article, by=sari, **said("Kuota cepat habis"))
    assert states(first.article) == ["published", "draft"]
    actions.publish(version=actions.ask_review(version=first.article.versions.get(number=2), by=sari), by=ratna)
    assert states(first.article) == ["replaced", "published"]
    kinds = Event.objects.filter(subject_type="article").order_by("pk").values_list("kind", flat=True)
    assert list(kinds)[-3:] == ["article.drafted", "article.review_asked", "article.published"]


def test_nobody_writes_over_anothers_draft_or_over_a_review(sari, ratna):
    version = actions.save_draft(by=sari, **said())
    with pytest.raises(KnowledgeError, match="Sari Wulandari has a newer"):
        actions.save_draft(article=version.article, by=ratna, title_id="Lain")
    actions.ask_review(version=version, by=sari)
    with pytest.raises(KnowledgeError, match="waits for its review"):
        actions.save_draft(article=version.article, by=sari, title_id="Lain")
    version.refresh_from_db()
    assert (version.title_id, version.state) == ("Kuota habis", "review")


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"title_en": ""}, "title_en"),
        ({"body_id": " "}, "body_id"),
        ({"kind": "tree", "steps_id": "# a\nSatu", "steps_en": ""}, "steps_en"),
        ({"kind": "tree", "steps_id": "# a\nSatu", "steps_en": "# b\nOne"}, "steps_en"),
        ({"kind": "tree", "steps_id": "Satu", "steps_en": "# a\nOne"}, "steps_id"),
    ],
)
def test_what_is_not_whole_is_not_handed_in(sari, content, field):
    content = said() | content
    version = actions.save_draft(by=sari, **content)
    with pytest.raises(KnowledgeError) as refused:
        actions.ask_review(version=version, by=sari)
    assert refused.value.field == field
    assert states(version.article) == ["draft"]


def test_a_review_is_sent_back_with_a_reason_and_only_with_one(sari, ratna):
    version = handed_in(sari)
    with pytest.raises(KnowledgeError, match="Say what"):
        actions.send_back(version=version, remark="  ", by=ratna)
    actions.send_back(version=version, remark="Sebutkan harganya.", by=ratna)
    version.refresh_from_db()
    assert (version.state, version.remark) == ("draft", "Sebutkan harganya.")


def test_a_draft_is_given_up_with_its_article_by_its_author_alone(sari, ratna):
    version = actions.save_draft(by=sari, **said())
    with pytest.raises(KnowledgeError, match="Only its author"):
        actions.drop_draft(version=version, by=ratna)
    actions.drop_draft(version=version, by=sari)
    assert not Article.objects.exists()


def test_what_is_taken_off_is_found_by_nobody(sari, ratna):
    version = published(sari, ratna)
    actions.take_off(article=version.article, by=ratna)
    actions.take_off(article=version.article, by=ratna)
    assert not Version.objects.published().exists()
    assert Event.objects.filter(kind="article.taken_off").count() == 1


def test_it_is_stale_past_its_day_or_when_nobody_looked_for_half_a_year(sari, ratna):
    now = timezone.now()
    old = published(sari, ratna)
    Article.objects.filter(pk=old.article_id).update(looked_at=now - dt.timedelta(days=200))
    past = published(sari, ratna, valid_until=timezone.localdate() - dt.timedelta(days=1))
    published(sari, ratna, valid_until=timezone.localdate())
    assert set(Version.objects.stale(now)) == {old, past}
    actions.still_right(article=old.article, by=ratna)
    with pytest.raises(KnowledgeError, match="last day is over"):
        actions.still_right(article=past.article, by=ratna)
    assert set(Version.objects.stale(now)) == {past}


def test_a_case_counts_once_and_the_last_word_counts(sari, ratna):
    version = published(sari, ratna)
    for _ in range(2):
        actions.use(article=version.article, case=7, by=sari)
    actions.use(article=version.article, case=8, by=ratna)
    actions.judge(article=version.article, case=8, helped=True, by=sari)
    actions.judge(article=version.article, case=8, helped=False, by=ratna)
    actions.judge(article=version.article, helped=True, by=sari)
    row = Version.objects.with_uses().get(pk=version.pk)
    assert (row.used, row.helped, row.judged) == (2, 1, 2)
    assert Use.objects.count() == 3
    assert Event.objects.filter(kind="article.used").count() == 2
