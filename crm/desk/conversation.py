"""A case's conversation: messages, notes and what happened, in the order in which they took place."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.utils.safestring import SafeString

from crm.cases.models import Case, Note
from crm.desk.happenings import SHOWN_IN_THREAD, Happening, happenings
from crm.desk.mentions import people_of, with_chips
from crm.messaging.models import Message
from crm.staff.models import User
from crm.timeline.models import Channel, Interaction

# A contact on these cannot be public or private to the world: the channel's own name says it all.
SOCIAL = frozenset({Channel.X, Channel.INSTAGRAM, Channel.FACEBOOK})


@dataclass(frozen=True)
class Line:
    kind: Literal["message", "note", "happening"]
    at: dt.datetime
    what: Interaction | Note | Happening
    people: tuple[User, ...] = ()  # whom a note mentions

    @property
    def said(self) -> SafeString:
        """Of a note: its text, with the names of those it mentions."""
        return with_chips(self.what.text, self.people) if isinstance(self.what, Note) else SafeString()

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.what.pk}"

    @property
    def message(self) -> Message | None:
        """How far the sending of an answer has come."""
        return getattr(self.what, "message", None)

    @property
    def is_answer(self) -> bool:
        return isinstance(self.what, Interaction) and self.what.answers

    @property
    def author_id(self) -> int | None:
        """Of a message: who of us wrote it."""
        return self.what.staff_id if isinstance(self.what, Interaction) else None

    @property
    def is_social(self) -> bool:
        return isinstance(self.what, Interaction) and self.what.channel in SOCIAL


def conversation(case: Case) -> list[Line]:
    """Four queries, one more for the names, and one where a note mentions somebody."""
    messages = with_files(Interaction.objects.filter(in_case__case=case).select_related("staff", "message"))
    notes = list(case.notes.select_related("author"))
    people = people_of(pk for note in notes for pk in note.mentions)
    lines = [Line("message", one.at, one) for one in messages]
    lines += [Line("note", one.at, one, tuple(people[pk] for pk in one.mentions if pk in people)) for one in notes]
    lines += [Line("happening", one.at, one) for one in happenings(case, SHOWN_IN_THREAD)]
    return sorted(lines, key=lambda line: (line.at, line.what.pk))


def with_files(messages: QuerySet[Interaction]) -> QuerySet[Interaction]:
    """With their files, and whether they were laid out; the layout itself is fetched by whoever wants to see it."""
    laid_out = ExpressionWrapper(~Q(html=""), output_field=BooleanField())
    return messages.prefetch_related("attachments").defer("html").annotate(is_laid_out=laid_out)


def contacts(lines: list[Line]) -> list[Interaction]:
    return [line.what for line in lines if isinstance(line.what, Interaction)]


def newest_contact(lines: list[Line]) -> int:
    """The id of the last that either side said: an answer built on less is refused (cases: check_seen)."""
    return max((one.pk for one in contacts(lines) if one.is_inbound or one.answers), default=0)


def newest_heard(lines: list[Line]) -> int:
    """The id of the customer's last word: read and typed on after, it is no news any more."""
    return max((one.pk for one in contacts(lines) if one.is_inbound), default=0)


def newest_of_others(lines: list[Line], user: User) -> int:
    """The id of a colleague's last answer: writing past it is always asked for."""
    return max((one.pk for one in contacts(lines) if one.answers and one.staff_id != user.pk), default=0)


def provable(lines: list[Line]) -> set[str]:
    """The channels on which the customer has written in private: there they can prove who they are."""
    return {one.channel for one in contacts(lines) if one.is_inbound and not one.is_public}
