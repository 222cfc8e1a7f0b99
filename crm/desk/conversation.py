"""A case's conversation: messages, notes and what happened, in the order in which they took place."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from crm.cases.models import Case, Note
from crm.desk.happenings import SHOWN_IN_THREAD, Happening, happenings
from crm.messaging.models import Message
from crm.timeline.models import Channel, Interaction

# A contact on these cannot be public or private to the world: the channel's own name says it all.
SOCIAL = frozenset({Channel.X, Channel.INSTAGRAM, Channel.FACEBOOK})


@dataclass(frozen=True)
class Line:
    kind: Literal["message", "note", "happening"]
    at: dt.datetime
    what: Interaction | Note | Happening

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
    """Three queries, and one more for the names."""
    messages = Interaction.objects.filter(in_case__case=case).select_related("staff", "message")
    notes = case.notes.select_related("author")
    lines = [Line("message", one.at, one) for one in messages]
    lines += [Line("note", one.at, one) for one in notes]
    lines += [Line("happening", one.at, one) for one in happenings(case, SHOWN_IN_THREAD)]
    return sorted(lines, key=lambda line: (line.at, line.what.pk))


def newest_answer(lines: list[Line]) -> int:
    """The id of the last answer that went or is going to the customer: tells whether somebody answered meanwhile."""
    return max((line.what.pk for line in lines if isinstance(line.what, Interaction) and line.what.answers), default=0)
