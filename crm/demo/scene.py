"""One demo case and what happens in it: thin words over the real actions, each at a time in the past."""

import datetime as dt
import random
from dataclasses import dataclass, field

from crm.cases import actions
from crm.cases.models import Case, Category, Escalation
from crm.cases.words import Party, Waiting
from crm.demo.customers import Somebody
from crm.demo.people import Cast, signature
from crm.demo.story import IN_THE_OPEN, SPOKEN, Story, opening_of
from crm.staff.models import User
from crm.timeline.models import Channel, Direction, Interaction, NotACase
from crm.web.actions import make_link

ACCOUNTS = {
    Channel.X: "sapa_care",
    Channel.INSTAGRAM: "sapa.care",
    Channel.FACEBOOK: "Sapa",
    Channel.WHATSAPP: "+628110000100",
    Channel.EMAIL: "care@sapa.example",
}
WITHOUT_WORDS = "Mohon keputusan untuk kasus ini, pelanggan meminta kepastian."


@dataclass
class Scene:
    """A case to be: who, what, on which channel; `case` once it is open."""

    number: int
    cast: Cast
    categories: dict[str, Category]
    somebody: Somebody
    story: Story
    channel: str
    agent: User
    words: dict[str, str]
    rng: random.Random
    case: Case = field(init=False, repr=False)
    said: int = 0

    @property
    def category(self) -> Category:
        return self.categories[self.story.about]

    @property
    def lead(self) -> User:
        return self.cast.supervisor_of(self.cast.team_taking(self.channel))

    def open(self, at: dt.datetime) -> None:
        self.case = actions.open_case(
            customer=self.somebody.customer,
            channel=self.channel,
            kind=self.story.kind,
            subject=self.story.subject.format(**self.words),
            text=opening_of(self.story, self.channel, self.words, self.rng),
            category=self.category,
            priority=self.rng.choices(["normal", "high", "urgent", "low"], [80, 13, 4, 3])[0],
            tags=self._tags(),
            account=ACCOUNTS.get(Channel(self.channel), ""),
            conversation=f"demo-{self.number}",
            is_public=self.channel in IN_THE_OPEN,
            by=self.agent if self.channel in SPOKEN else None,
            at=at,
        )
        if self.channel == Channel.WEB:
            make_link(case=self.case, by=None, at=at)

    def _tags(self) -> list[str]:
        return ["korporat"] if self.story.company else []

    def assign(self, at: dt.datetime) -> None:
        actions.assign_case(case=self.case, assignee=self.agent, by=self.agent, at=at)

    def say(self, text: str, at: dt.datetime) -> None:
        """The first answer on an open network is public and asks the customer in; what follows is private."""
        is_public = self.channel in IN_THE_OPEN and self.said == 0
        self.said += 1
        signed = f" ^{signature(self.agent.name)}" if self.channel in IN_THE_OPEN else ""
        self._contact(Direction.OUT, text + signed, at, is_public=is_public, by=self.agent)

    def hear(self, text: str, at: dt.datetime) -> None:
        quoted = f"Pelanggan: “{text}”" if self.channel in SPOKEN else text
        self._contact(Direction.IN, quoted, at, by=self.agent if self.channel in SPOKEN else None)

    def _contact(self, direction: str, text: str, at: dt.datetime, *, by: User | None, is_public: bool = False) -> None:
        actions.add_interaction(
            case=self.case,
            direction=direction,
            channel=self.channel,
            text=text.format(**self.words),
            is_public=is_public,
            account=self.case.account,
            conversation=self.case.conversation,
            by=by,
            at=at,
        )

    def note(self, text: str, at: dt.datetime) -> None:
        actions.add_note(case=self.case, text=text.format(**self.words), by=self.agent, at=at)

    def wait_for_customer(self, at: dt.datetime) -> None:
        asked = Interaction.objects.filter(in_case__case=self.case, direction=Direction.OUT).order_by("-at").first()
        actions.wait_for(case=self.case, waiting_for=Waiting.CUSTOMER, by=self.agent, at=at, evidence=asked)

    def wait_for_division(self, at: dt.datetime) -> None:
        actions.wait_for(case=self.case, waiting_for=Waiting.DIVISION, by=self.agent, at=at)

    def wait_for_appointment(self, until: dt.datetime, at: dt.datetime) -> None:
        actions.wait_for(case=self.case, waiting_for=Waiting.APPOINTMENT, by=self.agent, at=at, until=until)

    def escalate(self, party: str, at: dt.datetime) -> None:
        """Up, with what is asked; to a division only where the category names one."""
        division = self.category.division if party == Party.DIVISION else None
        if party == Party.DIVISION and division is None:
            party = Party.SUPERVISOR
        reason = (self.story.ask or WITHOUT_WORDS).format(**self.words)
        actions.escalate_case(case=self.case, party=party, division=division, reason=reason, by=self.agent, at=at)

    def accept(self, at: dt.datetime) -> None:
        """By whoever it went to; two of the divisions have nobody in the demo, and there it stays unaccepted."""
        escalation = self.open_escalation()
        if escalation and (receiver := self._receiver(escalation)):
            actions.accept_escalation(escalation=escalation, by=receiver, at=at)

    def hand_back(self, reason: str, at: dt.datetime) -> None:
        escalation = self.open_escalation()
        if escalation and (receiver := self._receiver(escalation)):
            actions.hand_back(escalation=escalation, by=receiver, reason=reason.format(**self.words), at=at)

    def open_escalation(self) -> Escalation | None:
        return Escalation.objects.filter(case=self.case, ended_at=None).first()

    def _receiver(self, escalation: Escalation) -> User | None:
        if escalation.party == Party.QUALITY:
            return self.cast.users["bagas"]
        return self.cast.of_division(escalation.division.code) if escalation.division else self.lead

    def settle(self, at: dt.datetime) -> None:
        text = self.story.end.format(**self.words)
        actions.settle_case(case=self.case, outcome=self.story.outcome, text=text, by=self.agent, at=at)

    def cancel(self, at: dt.datetime) -> None:
        reason = "Pelanggan menarik kembali: sudah beres sendiri."
        actions.cancel_case(case=self.case, reason=reason, by=self.agent, at=at)

    def reject(self, at: dt.datetime) -> None:
        reason = "Menyangkut operator lain; pelanggan sudah diarahkan ke sana."
        actions.reject_case(case=self.case, reason=reason, by=self.agent, at=at)

    def put_aside(self, aside: dict[str, str], at: dt.datetime) -> None:
        """A contact that turns out to be no case."""
        who = self.somebody.customer
        self.case = actions.open_case(customer=who, channel=aside["channel"], text=aside["text"], at=at)
        contact = Interaction.objects.get(in_case__case=self.case)
        later = at + dt.timedelta(minutes=4)
        reason = NotACase.Reason(aside["reason"])
        actions.set_aside(interaction=contact, reason=reason, by=self.agent, at=later)

    def merge_into(self, other: "Scene", at: dt.datetime) -> None:
        actions.merge_cases(source=self.case, into=other.case, by=self.agent, at=at)
