"""Telling a demo case: walks through what is said in it, keeping the time."""

import datetime as dt
import itertools
import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from crm.demo.scene import Scene
from crm.demo.story import SPOKEN

STILL_THE_SAME = (
    "Ternyata masih sama seperti kemarin, belum ada perubahan.",
    "Maaf, kejadian lagi malam ini. Mohon dicek ulang.",
    "Sempat normal sehari, sekarang terulang lagi.",
)
WROTE_AGAIN = (
    "Halo, ada perkembangan? Saya masih menunggu ya.",
    "Barusan saya coba lagi, masih belum bisa.",
    "Saya kirim fotonya ya, semoga membantu.",
    "Jam berapa kira-kira selesainya? Saya ada rapat sore ini.",
    "Baik, tapi tolong dikabari sebelum malam.",
    "Saya sudah coba di ponsel istri saya, hasilnya sama.",
    "Ini nomor laporan yang kemarin, mohon dilanjutkan ya.",
    "Sampai kapan saya harus menunggu?",
)
LOOKED_AGAIN = "Halo {sapa}, terima kasih sudah mengabari kembali. Kami buka lagi kasusnya dan kami periksa dari awal."
ASKED = "Agar bisa kami lanjutkan, boleh kirim {sapa} nomor dan waktu kejadiannya lewat pesan pribadi?"
FOUND = "Sudah diperiksa dan ditangani di sisi kami, silakan dipastikan ke pelanggan."
NOT_OURS = "Dari sisi kami normal; mohon dicek pengaturan pelanggan lebih dulu."
WELCOME = (
    "Sama-sama {sapa}, senang bisa membantu.",
    "Terima kasih kembali {sapa}. Kami ada di sini bila diperlukan lagi.",
    "Baik {sapa}, kami pastikan sampai selesai.",
    "Siap {sapa}, terima kasih sudah menunggu.",
)
IN_PROGRESS = (
    "Terima kasih {sapa}, keterangannya sudah kami teruskan ke tim terkait. Kami kabari begitu ada jawaban.",
    "Baik {sapa}, sedang kami periksa bersama tim terkait. Kami sendiri yang akan mengabari.",
    "Terima kasih sudah menunggu {sapa}. Pemeriksaannya masih berjalan, hari ini kami kabari lagi.",
    "Sudah kami catat lengkap, {sapa}. Tim terkait sedang menanganinya dan kami pantau terus.",
    "Terima kasih {sapa}, laporannya sudah di tangan tim yang tepat. Kami kembali dengan kabar secepatnya.",
)
THANKS = (
    "Sudah bisa, terima kasih banyak.",
    "Mantap, makasih ya sudah dibantu sampai selesai.",
    "Alhamdulillah, sudah normal lagi.",
    "Oke, sudah saya cek dan beres. Terima kasih.",
    "Terima kasih, responsnya cepat.",
)
LAST_WORD = "Kabar baik {sapa}: sudah selesai kami tangani. Boleh dicoba, dan kabari kami bila masih ada kendala ya."


class Act(NamedTuple):
    at: dt.datetime
    do: Callable[[dt.datetime], None]


Acts = Iterator[Act]


def minutes(value: float) -> dt.timedelta:
    return dt.timedelta(minutes=value)


def first_reply_after(scene: Scene) -> dt.timedelta:
    """Spoken at once; written within minutes, median about four."""
    if scene.channel in SPOKEN:
        return minutes(scene.rng.uniform(0.7, 3))
    return minutes(min(scene.rng.lognormvariate(1.4, 0.6), 14.5))


class Telling:
    """Walks through a scene's talk, keeping the time."""

    def __init__(self, scene: Scene, at: dt.datetime) -> None:
        self.scene, self.at = scene, at
        self.lines = list(scene.story.talk)

    @property
    def rng(self) -> random.Random:
        return self.scene.rng

    def act(self, do: Callable[[dt.datetime], None], *, after: dt.timedelta = dt.timedelta()) -> Act:
        self.at += after
        return Act(self.at, do)

    def beginning(self, reply_after: dt.timedelta) -> Acts:
        """Opened, taken by an agent, answered."""
        yield self.act(self.scene.open)
        yield self.act(self.scene.assign, after=reply_after * 0.7)
        yield self.say(self.lines.pop(0)[2:], after=reply_after * 0.3)

    def say(self, text: str, after: dt.timedelta) -> Act:
        return self.act(partial(self.scene.say, text), after=after)

    def hear(self, text: str, after: dt.timedelta) -> Act:
        return self.act(partial(self.scene.hear, text), after=after)

    def next_line(self) -> Act:
        line = self.lines.pop(0)
        text = line[2:]
        if line[0] == ">":
            return self.hear(text, after=minutes(self.rng.uniform(3, 70)))
        if line[0] == "!":
            return self.act(partial(self.scene.note, text), after=minutes(self.rng.uniform(1, 4)))
        return self.say(text, after=minutes(self.rng.uniform(1, 8)))

    def talk(self) -> Acts:
        """The rest of the talk. The last word is ours: every message is answered (SOP 2)."""
        spoken = [line[0] for line in self.lines if line[0] != "!"]
        while self.lines:
            yield self.next_line()
        if spoken and spoken[-1] == ">":
            yield self.say(self.rng.choice(WELCOME), after=minutes(self.rng.uniform(1, 9)))

    def so_far(self) -> Acts:
        """The talk up to where the matter is still open: what the customer added, what we noted, that we work on it."""
        before_we_know = list(itertools.takewhile(lambda line: line[0] != "<", self.lines))
        heard = [line for line in before_we_know if line[0] == ">"][:1]
        self.lines = heard + [line for line in before_we_know if line[0] == "!"]
        while self.lines:
            yield self.next_line()
        yield self.say(self.rng.choice(IN_PROGRESS), after=minutes(self.rng.uniform(1, 5)))

    def escalated(self, party: str, *, accepted: bool = True, handed_back: str = "") -> Acts:
        yield self.act(partial(self.scene.escalate, party), after=minutes(self.rng.uniform(10, 90)))
        if accepted:
            yield self.act(self.scene.accept, after=minutes(self.rng.uniform(5, 120)))
        if handed_back:
            back = partial(self.scene.hand_back, handed_back)
            yield self.act(back, after=minutes(self.rng.uniform(90, 1200)))

    def until_settled(self, hours: float) -> Acts:
        """Nothing more is said; settled `hours` later."""
        yield self.act(self.scene.settle, after=dt.timedelta(hours=hours))

    def until_solved(self, hours: float) -> Acts:
        """Good news after `hours`, a thank-you, settled."""
        yield self.say(LAST_WORD, after=dt.timedelta(hours=hours))
        yield self.hear(self.rng.choice(THANKS), after=minutes(self.rng.uniform(2, 9)))
        yield self.act(self.scene.settle, after=minutes(self.rng.uniform(1, 5)))
