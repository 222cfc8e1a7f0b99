"""What supervisors of the demo do about breaches: review, ask, sign off; and what owners do about their actions."""

import datetime as dt
import random
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.utils import timezone

from crm.cases import actions
from crm.cases.actions.reviewing import Action
from crm.cases.models import Breach, BreachQuestion, Cause
from crm.cases.words import ReviewState
from crm.demo.people import Cast
from crm.staff.models import User

REVIEWS = tomllib.loads((Path(__file__).parent / "reviews.toml").read_text())["review"]
# The share of breaches that somebody has come to, and how soon.
REVIEWED, REVIEWED_AFTER = 0.72, dt.timedelta(hours=26)
SIGNED, SIGNED_AFTER = 0.8, dt.timedelta(hours=30)
FINISHED = 0.7
ASKED = 0.35
QUESTION = "Apa yang terjadi dari sisi Anda, dan apa yang menghambat balasan tepat waktu?"
ACCOUNTS = (
    "Saya sedang menangani panggilan panjang dan notifikasi kasus ini tertutup jendela lain.",
    "Kasus sudah saya buka, tetapi data pelanggan belum lengkap sehingga saya menunggu konfirmasi divisi.",
    "Saya menggantikan rekan yang sakit dan memegang dua antrean sekaligus.",
)
SENT_BACK = "Sudah dicek apakah pelanggan dikabari sebelum tenggat? Mohon ditambahkan."


class Reviewers:
    """They come round every few hours; what they pass over once stays for the people who try the demo."""

    def __init__(self, cast: Cast, rng: random.Random) -> None:
        self.cast, self.rng = cast, rng
        self.passed_over: set[int] = set()
        self.kept: set[tuple[str, int]] = set()
        self.begun = 0

    def come_round(self, at: dt.datetime) -> None:
        self.answer(at)
        self.sign(at)
        self.finish(at)
        self.review(at)

    def review(self, at: dt.datetime) -> None:
        waiting = Breach.objects.counted().unreviewed().filter(due_at__lte=at - REVIEWED_AFTER)
        for breach in waiting.exclude(pk__in=self.passed_over).select_related("team", "holder").order_by("pk"):
            if self.rng.random() < REVIEWED:
                self.write(breach, at)
            else:
                self.passed_over.add(breach.pk)
                self.begin(breach, at)

    def write(self, breach: Breach, at: dt.datetime) -> None:
        actions.review_breach(breach=breach, by=self.lead(breach), at=at, **self.words(breach, at))

    def words(self, breach: Breach, at: dt.datetime) -> dict[str, Any]:
        said = self.rng.choice([one for one in REVIEWS if one["kind"] == breach.kind])
        owner = self.lead(breach) if said["owner"] == "lead" else self.cast.users.get(said["owner"])
        due_on = timezone.localdate(at) + dt.timedelta(days=said["days"])
        action = Action(said["prevention"], owner, due_on) if owner else Action()
        excuse = said.get("excuse", "")
        code = Cause.objects.get(code=said["code"])
        return {"cause": said["cause"], "code": code, "excusable": bool(excuse), "excuse": excuse, "action": action}

    def begin(self, breach: Breach, at: dt.datetime) -> None:
        """A few are begun and not finished; of others the holder is asked for an account."""
        if self.begun < 3:
            self.begun += 1
            words = self.words(breach, at)
            fields = {"cause": words["cause"], "cause_code": str(words["code"].pk), "excusable": "no"}
            actions.keep_review_draft(breach=breach, fields=fields, by=self.lead(breach), at=at)
        elif breach.holder and self.rng.random() < ASKED:
            actions.ask_account(breach=breach, to=breach.holder, text=QUESTION, by=self.lead(breach), at=at)

    def answer(self, at: dt.datetime) -> None:
        asked = BreachQuestion.objects.filter(kind="account", answered_at=None, at__lte=at - dt.timedelta(hours=3))
        for question in self.some("account", asked.select_related("to"), 0.6):
            text = self.rng.choice(ACCOUNTS)
            actions.give_account(question=question, text=text, by=question.to, at=at)

    def sign(self, at: dt.datetime) -> None:
        """The head of care signs off what others reviewed; now and then a review goes back."""
        head = self.cast.users["yosef"]
        written = Breach.objects.counted().in_review_state(ReviewState.TO_SIGN)
        for number, breach in enumerate(self.some("sign", written.filter(reviewed_at__lte=at - SIGNED_AFTER), SIGNED)):
            if breach.pk % 17 == 3 and number == 0:
                actions.send_back_review(breach=breach, question=SENT_BACK, by=head, at=at)
                self.passed_over.add(breach.pk)
            else:
                actions.sign_off_review(breach=breach, by=head, at=at)

    def finish(self, at: dt.datetime) -> None:
        soon = timezone.localdate(at) + dt.timedelta(days=1)
        for breach in self.some("finish", Breach.objects.counted().action_overdue(soon), FINISHED):
            note = next(one["note"] for one in REVIEWS if one["prevention"] == breach.prevention)
            actions.finish_action(breach=breach, note=note, by=breach.action_owner, at=at)

    def some(self, what: str, found: Any, share: float) -> Iterable[Any]:
        """Each is decided on once."""
        for one in found.order_by("pk"):
            if (what, one.pk) not in self.kept:
                self.kept.add((what, one.pk))
                if self.rng.random() < share:
                    yield one

    def lead(self, breach: Breach) -> User:
        return self.cast.supervisor_of(breach.team.code if breach.team else "social")
