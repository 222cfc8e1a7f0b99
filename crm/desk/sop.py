"""What the SOP asks of an answer, one check each: text in, a hint and its reason out. Pure.

Only two of them hold an answer back, and not here: personal data in public and fields left open. The rest advises.
"""

import datetime as dt
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from crm.customers import personal_data
from crm.customers.models import Customer
from crm.desk.canned.fields import called, fields_in
from crm.desk.models import Way

COURTEOUS = re.compile(
    r"\b(halo|hai|selamat (pagi|siang|sore|malam)|terima ?kasih|makasih"
    r"|mohon|maaf|silakan|sama-sama|dear|hello|hi|good (morning|afternoon|evening)|thank|please|sorry|welcome)\b",
    re.IGNORECASE,
)
# What reads as rude to a customer, whatever was meant; and what belongs among friends.
HARSH = re.compile(
    r"\b(bodoh|goblok|tolol|bego|brengsek|ngeyel|rese|salah sendiri|bukan urusan|terserah|masa ?bodo"
    r"|stupid|idiot|nonsense|shut up|your (own )?fault|not (our|my) problem)\b",
    re.IGNORECASE,
)
SLANG = re.compile(
    r"\b(gue|gua|gw|lo|lu|elu|bro|sis|gan|cuy|wkwk\w*|haha\w*|anjay|dong|deh|kok gitu|gpp|otw|btw|sbb|yg|tdk|gk|ga|krn"
    r"|gonna|wanna|gotta|lol|dude|thx|pls)\b",
    re.IGNORECASE,
)
SHOUTED, SHOUTED_WORDS = re.compile(r"\b[A-Z]{4,}\b"), 3
EXCLAIMED = re.compile(r"!{2,}|!(?:[^!]*!){2,}", re.DOTALL)
TITLES = {"bapak", "ibu", "kak", "pak", "bu", "cv", "pt"}
# What a question asks for when it has no question mark.
ASKS = re.compile(
    r"\b(kapan|berapa|bagaimana|gimana|kenapa|mengapa|apakah|di ?mana|when|how|why|where|which|what)\b", re.IGNORECASE
)
LONG_ON_A_PHONE = 900  # letters
SOON = dt.timedelta(minutes=15)


@dataclass(frozen=True)
class Check:
    """`key` names the check, `said` is the hint in few words, `why` its reason, for whoever opens it."""

    key: str
    tone: str
    icon: str
    said: str
    why: str


@dataclass(frozen=True)
class Written:
    """The text so far, and what one must know to judge it. `asked`: what the customer said since our last answer."""

    text: str
    way: str
    customer: Customer
    asked: str = ""
    too_long_by: int = 0
    closes_at: dt.datetime | None = None
    at: dt.datetime | None = None


def by_name(written: Written) -> Check:
    customer = written.customer
    names = [word for word in customer.name.split() if word.lower().strip(".") not in TITLES]
    why = _("SOP 4: every answer addresses the customer by name, with the form of address they chose.")
    if not names:
        return Check("name", "muted", "user", _("Name not known yet"), _("SOP 4: ask for the name in private."))
    if any(re.search(rf"\b{re.escape(name)}\b", written.text, re.IGNORECASE) for name in names):
        return Check("name", "t-ok", "circle-check", _("By name: %(name)s") % {"name": names[0]}, why)
    if customer.honorific:
        why += " " + _("Here: %(called)s.") % {"called": called(customer)}
    return Check("name", "t-risk", "user", _("Address by name: %(name)s") % {"name": names[0]}, why)


def polite(written: Written) -> Check:
    """The first thing that is wrong with the tone, else whether there is a greeting or thanks."""
    text = written.text
    for key, found, said, why in (
        (
            "harsh",
            HARSH.search(text),
            _("Harsh: “%(word)s”"),
            _("SOP 4: calm and respectful, also when the customer is not. Say what you can do."),
        ),
        (
            "slang",
            SLANG.search(text),
            _("Slang: “%(word)s”"),
            _("SOP 4: plain, whole words. Abbreviations and slang read as careless."),
        ),
    ):
        if found:
            return Check(key, "t-risk", "mood-smile", said % {"word": found.group()}, why)
    if is_shouting(text):
        return Check("capitals", "t-risk", "mood-smile", _("No capitals only"), _("SOP 4: capitals read as shouting."))
    if EXCLAIMED.search(text):
        return Check(
            "exclaimed",
            "t-risk",
            "mood-smile",
            _("Fewer exclamation marks"),
            _("SOP 4: one at most; more read as shouting or mockery."),
        )
    why = _("SOP 4: an answer begins with a greeting or thanks, and asks rather than orders.")
    if COURTEOUS.search(text):
        return Check("polite", "t-ok", "circle-check", _("Polite"), why)
    return Check("polite", "t-risk", "mood-smile", _("Greeting or thanks?"), why)


def is_shouting(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    return (len(letters) > 8 and text.upper() == text) or len(SHOUTED.findall(text)) >= SHOUTED_WORDS


def private(written: Written) -> Check:
    if written.way == Way.PRIVATE:
        return Check(
            "data",
            "t-ok",
            "lock",
            _("Private, data allowed"),
            _("SOP 6: personal data travel in private only. Here nobody else reads them."),
        )
    why = _("SOP 6: numbers, addresses, identity and card numbers never stand in public. Such a text is not sent.")
    if personal_data.find(written.text):
        return Check("data", "t-risk", "ban", _("Personal data in public"), why)
    return Check("data", "t-ok", "world", _("No personal data"), why)


def filled_in(written: Written) -> Check | None:
    left = fields_in(written.text)
    if not left:
        return None
    said = _("Fill in {%(field)s}") % {"field": left[0]}
    return Check(
        "fields",
        "t-risk",
        "pencil",
        said,
        _("A field of a canned reply. Tab goes to the next; nothing is sent before they are filled in."),
    )


def length(written: Written) -> Check | None:
    if written.too_long_by:
        said = _("%(over)s too long") % {"over": written.too_long_by}
        return Check("length", "t-risk", "ban", said, _("The network takes no more. Shorten it, or go on in private."))
    if len(written.text) > LONG_ON_A_PHONE:
        return Check(
            "length",
            "t-risk",
            "file-text",
            _("Long for a phone"),
            _("SOP 4: short and clear. Most customers read this on a phone; one step a message is enough."),
        )
    return None


def window(written: Written) -> Check | None:
    """The network lets us write for a while after the customer did."""
    if written.closes_at is None or written.at is None or written.closes_at - written.at > SOON:
        return None
    return Check(
        "window",
        "t-risk",
        "clock",
        _("Window closes soon"),
        _("After that the network takes free text only when the customer writes again."),
    )


def question(written: Written) -> Check | None:
    """The customer asked something: does the answer take it up? A guess from words in common."""
    asked = next((s for s in reversed(re.split(r"(?<=[?.!])\s+|\n", written.asked)) if "?" in s or ASKS.search(s)), "")
    if not asked.strip():
        return None
    why = _("SOP 4: answer what was asked, then what helps. The customer wrote: “%(asked)s”") % {
        "asked": asked.strip()[:160]
    }
    if takes_up(asked, written.text):
        return Check("question", "t-ok", "circle-check", _("Takes up the question"), why)
    return Check("question", "t-risk", "help-circle", _("Question answered?"), why)


def takes_up(asked: str, text: str) -> bool:
    """A time or a number where one was asked for, or a word of the question, by its beginning."""
    if re.search(r"\b(kapan|berapa|jam|when|how (much|many|long))\b", asked, re.IGNORECASE) and re.search(r"\d", text):
        return True
    stems = {word.lower()[:5] for word in re.findall(r"\w{5,}", asked)}
    return any(word.lower()[:5] in stems for word in re.findall(r"\w{5,}", text))
