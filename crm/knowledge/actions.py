"""Writes on articles: drafted, handed in, sent back, published by another, taken off; used and judged."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.events.actions import record
from crm.knowledge.errors import KnowledgeError
from crm.knowledge.models import Article, Spelling, Use, Version, Word
from crm.knowledge.models.article import OPEN
from crm.knowledge.search import learn
from crm.knowledge.trees import BadTree, read_tree, same_shape
from crm.knowledge.words import Kind, State
from crm.staff.models import User


@transaction.atomic
def save_draft(
    *, article: Article | None = None, kind: str = Kind.ARTICLE, by: User, at: dt.datetime | None = None, **content: Any
) -> Version:
    """Begin an article, or go on with its version in work; what is published stays until another replaces it.

    Raises KnowledgeError when somebody else has the next version in work, or it waits for its review.
    """
    at = at or timezone.now()
    if article is None:
        article = Article.objects.create(kind=kind, made_by=by, made_at=at, looked_at=at, looked_by=by)
    article = _locked(article.pk)
    version = article.versions.filter(state__in=OPEN).first()
    if version is None:
        last = article.versions.order_by("-number").first()
        version = Version(article=article, number=last.number + 1 if last else 1, author=by, made_at=at)
    elif version.state == State.REVIEW:
        raise KnowledgeError(_("A version waits for its review. Send it back first."))
    elif version.author_id != by.pk:
        raise KnowledgeError(_("%(name)s has a newer version in work.") % {"name": version.author})
    for name, value in content.items():
        setattr(version, name, value)
    version.save()
    record("article.drafted", subject=article, by=by, at=at, version=version.number)
    return version


@transaction.atomic
def ask_review(*, version: Version, by: User, at: dt.datetime | None = None) -> Version:
    """The author hands it in. Raises KnowledgeError where a language is missing or a tree is none."""
    version = _in_state(version, State.DRAFT)
    if version.author_id != by.pk:
        raise KnowledgeError(_("Only its author hands a version in."))
    complete(version)
    return _moved(
        version,
        "article.review_asked",
        by,
        at or timezone.now(),
        state=State.REVIEW,
        remark="",
        asked_at=at or timezone.now(),
    )


def complete(version: Version) -> None:
    """Raises KnowledgeError naming the first field that is missing, or what is wrong with the tree."""
    names = ("title", "steps") if version.is_tree else ("title", "body")
    for name in (f"{name}_{language}" for name in names for language in ("id", "en")):
        if not getattr(version, name).strip():
            raise KnowledgeError(_("Both languages are needed before a review."), name)
    if version.is_tree:
        _whole_tree(version)


def _whole_tree(version: Version) -> None:
    trees = []
    for name in ("steps_id", "steps_en"):
        try:
            trees.append(read_tree(getattr(version, name)))
        except BadTree as error:
            raise KnowledgeError(str(error), name) from None
    if not same_shape(*trees):
        raise KnowledgeError(_("The steps and ways must be the same in both languages."), "steps_en")


@transaction.atomic
def send_back(*, version: Version, remark: str, by: User, at: dt.datetime | None = None) -> Version:
    """To its author, with what is to be changed. The author may take it back too."""
    version = _in_state(version, State.REVIEW)
    if not remark.strip():
        raise KnowledgeError(_("Say what is to be changed."), "remark")
    return _moved(
        version, "article.sent_back", by, at or timezone.now(), state=State.DRAFT, remark=remark.strip(), asked_at=None
    )


@transaction.atomic
def publish(*, version: Version, by: User, at: dt.datetime | None = None) -> Version:
    """Another person than its author; the version before is replaced. Raises KnowledgeError."""
    at = at or timezone.now()
    version = _in_state(version, State.REVIEW)
    if version.author_id == by.pk:
        raise KnowledgeError(_("Another person publishes what one wrote."))
    complete(version)
    version.article.versions.filter(state=State.PUBLISHED).update(state=State.REPLACED, ended_at=at)
    Article.objects.filter(pk=version.article_id).update(looked_at=at, looked_by=by)
    _moved(version, "article.published", by, at, state=State.PUBLISHED, published_at=at, published_by=by)
    learn(version)
    return version


@transaction.atomic
def take_off(*, article: Article, by: User, at: dt.datetime | None = None) -> None:
    """Nobody finds it any more; its versions stay. A second press changes nothing."""
    at = at or timezone.now()
    article = _locked(article.pk)
    if article.versions.filter(state=State.PUBLISHED).update(state=State.RETIRED, ended_at=at):
        record("article.taken_off", subject=article, by=by, at=at)


@transaction.atomic
def drop_draft(*, version: Version, by: User, at: dt.datetime | None = None) -> None:
    """The author gives a draft up; an article that never had another version goes with it."""
    version = _in_state(version, State.DRAFT)
    if version.author_id != by.pk:
        raise KnowledgeError(_("Only its author gives a draft up."))
    record("article.draft_dropped", subject=version.article, by=by, at=at or timezone.now(), version=version.number)
    version.delete()
    if not version.article.versions.exists():
        version.article.delete()


@transaction.atomic
def still_right(*, article: Article, by: User, at: dt.datetime | None = None) -> None:
    """Somebody read it and says so: the warning goes. One that is past its day needs a new version instead."""
    at = at or timezone.now()
    article = _locked(article.pk)
    past = article.versions.filter(state=State.PUBLISHED, valid_until__lt=timezone.localdate(at))
    if past.exists():
        raise KnowledgeError(_("Its last day is over: write a new version with another one."))
    Article.objects.filter(pk=article.pk).update(looked_at=at, looked_by=by)
    record("article.checked", subject=article, by=by, at=at)


@transaction.atomic
def use(*, article: Article, case: int, by: User, at: dt.datetime | None = None) -> Use:
    """It went into an answer of this case (its id). Twice counts once."""
    at = at or timezone.now()
    row, new = Use.objects.get_or_create(article=article, case=case, defaults={"by": by, "at": at, "used": True})
    if new or Use.objects.filter(pk=row.pk, used=False).update(used=True):
        record("article.used", subject=article, by=by, at=at, case=case)
    return row


@transaction.atomic
def judge(*, article: Article, helped: bool, by: User, case: int | None = None, at: dt.datetime | None = None) -> Use:
    """It helped, or did not: once a case, or once a reader without one; what is said last counts."""
    at = at or timezone.now()
    key: dict[str, Any] = {"case": case} if case is not None else {"case": None, "by": by}
    row, _new = Use.objects.get_or_create(article=article, **key, defaults={"by": by, "at": at})
    if Use.objects.filter(pk=row.pk).exclude(Q(helped=helped) & Q(helped__isnull=False)).update(helped=helped, at=at):
        record("article.judged", subject=article, by=by, at=at, helped=helped, case=case)
    row.helped = helped
    return row


@transaction.atomic
def keep_spelling(*, spelling: Spelling, by: User, at: dt.datetime | None = None) -> Spelling:
    spelling.save()
    if spelling.means:
        Word.objects.bulk_create([Word(text=spelling.said)], ignore_conflicts=True)
    record("spelling.kept", subject=spelling, by=by, at=at or timezone.now())
    return spelling


@transaction.atomic
def drop_spelling(*, spelling: Spelling, by: User, at: dt.datetime | None = None) -> None:
    record("spelling.dropped", subject=spelling, by=by, at=at or timezone.now())
    spelling.delete()


def _locked(pk: int) -> Article:
    return Article.objects.select_for_update(no_key=True).get(pk=pk)


def _in_state(version: Version, state: str) -> Version:
    """Read again under the article's lock. Raises KnowledgeError when somebody was quicker."""
    article = _locked(version.article_id)
    found = article.versions.filter(pk=version.pk, state=state).first()
    if found is None:
        raise KnowledgeError(_("Somebody was quicker: this version has moved on."))
    found.article = article
    return found


def _moved(version: Version, kind: str, by: User, at: dt.datetime, **fields: Any) -> Version:
    for name, value in fields.items():
        setattr(version, name, value)
    version.save(update_fields=[*fields])
    record(kind, subject=version.article, by=by, at=at, version=version.number)
    return version
