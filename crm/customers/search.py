"""Finding customers by what somebody types: a whole number or address, the beginning of a handle, a name with typing
errors. Numbers and addresses are found whole or not at all: nobody reads one off by trying its digits."""

import re
from typing import Any

from django.db import connection, transaction

from crm.customers.contacts import read_email, read_msisdn
from crm.customers.errors import BadContact
from crm.customers.models import ContactPoint, IdentityDocument, NumberChange, Subscription
from crm.lib.sealed import digests

PAPER, PAPER_DIGITS = re.compile(r"[A-Z0-9]{6,16}"), 5
SHORTEST = 3  # letters: a trigram
CANDIDATES = 200  # rows that are ranked; a word that half of all customers bear is not ranked to the end
# Of the pairs of neighbouring letters, how many must be the same: "mahrani" finds Maharani, "rina" not Dina.
ALIKE = "0.45"

INSIDE = """
SELECT id FROM (
    SELECT id, name FROM customers_customer WHERE name ILIKE %(inside)s AND absorbed_into_id IS NULL
    LIMIT %(candidates)s
) AS found ORDER BY name NOT ILIKE %(begins)s, length(name), name, id LIMIT %(limit)s
"""
# Of words that names are made of, those that a typed one may have been meant as: two letters that changed places tear
# three trigrams apart, so that a short word is like itself no more.
MEANT = """
SELECT word FROM customers_nameword
WHERE word = ANY(%(swapped)s) OR (word %% %(word)s AND similarity(word, %(word)s) >= 0.3)
ORDER BY word = ANY(%(swapped)s) DESC, similarity(word, %(word)s) DESC, bearers DESC LIMIT 5
"""
BEARING = """
SELECT id FROM (
    SELECT id, name FROM customers_customer WHERE {words} AND absorbed_into_id IS NULL LIMIT %(candidates)s
) AS found ORDER BY word_similarity(%(text)s, name) DESC, name, id LIMIT %(limit)s
"""
SOUNDING = """
SELECT id FROM (
    SELECT id, name FROM customers_customer WHERE %(text)s <%% name AND absorbed_into_id IS NULL
    LIMIT %(candidates)s
) AS found ORDER BY word_similarity(%(text)s, name) DESC, name, id LIMIT %(limit)s
"""


def find_by_name(text: str, *, limit: int) -> list[int]:
    """Ids of customers, the best first: those whose name holds the text; where there are none, those whose name is
    like it, which takes many times as long."""
    text = " ".join(text.split())
    if len(text) < SHORTEST:
        return []
    plain = text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    asked: dict[str, Any] = {"text": text, "inside": f"%{plain}%", "begins": f"{plain}%"}
    asked |= {"candidates": CANDIDATES, "limit": limit}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(INSIDE, asked)
        found = [row[0] for row in cursor.fetchall()]
        if not found:
            found = _set_right(cursor, asked)
        if not found:
            cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [ALIKE])
            cursor.execute(SOUNDING, asked)
            found = [row[0] for row in cursor.fetchall()]
    return found


def _set_right(cursor: Any, asked: dict[str, Any]) -> list[int]:
    """Those who bear, for each word that was typed, one that it may have been meant as. Nobody where one fits none."""
    words = [word for word in str(asked["text"]).lower().split() if len(word) >= SHORTEST]
    meant: list[str] = []
    for place, word in enumerate(words):
        cursor.execute(MEANT, {"word": word, "swapped": _swapped(word)})
        likely = [f"%{row[0]}%" for row in cursor.fetchall()]
        if not likely:
            return []
        names = {f"w{place}_{at}": one for at, one in enumerate(likely)}
        asked |= names
        meant.append("({})".format(" OR ".join(f"name ILIKE %({name})s" for name in names)))
    cursor.execute(BEARING.format(words=" AND ".join(meant) or "false"), asked)
    return [row[0] for row in cursor.fetchall()]


def _swapped(word: str) -> list[str]:
    """Each pair of neighbours the other way round."""
    return [word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)]


def find_by_number(text: str) -> list[int]:
    """Whoever has this number, in whatever form it is typed: as a contact, or as a line of theirs."""
    try:
        number = read_msisdn(text).value
    except BadContact:
        return []
    points = ContactPoint.objects.filter(kind=ContactPoint.Kind.MSISDN, network="", value=number)
    lines = Subscription.objects.held().filter(msisdn=number)
    found = [*points.values_list("customer", flat=True), *lines.values_list("customer", flat=True)]
    return list(dict.fromkeys(found))


def find_by_former_number(text: str) -> list[int]:
    """Whoever had this number: before a change of it, or on a line that has ended. The newest first."""
    try:
        number = read_msisdn(text).value
    except BadContact:
        return []
    changes = NumberChange.objects.filter(old=number).values_list("subscription__customer", flat=True)
    ended = Subscription.objects.filter(msisdn=number, state__in=Subscription.ENDED).order_by("-pk")
    return list(dict.fromkeys([*changes, *ended.values_list("customer", flat=True)]))


def find_by_email(text: str) -> list[int]:
    try:
        address = read_email(text).value
    except BadContact:
        return []
    points = ContactPoint.objects.filter(kind=ContactPoint.Kind.EMAIL, network="", value=address)
    return list(points.values_list("customer", flat=True))


def find_by_paper(text: str) -> list[int]:
    """Whoever showed this NIK, KK, passport, KITAS or NPWP: whole, by its keyed hash; a family shares a KK."""
    number = re.sub(r"[\s.\-/]", "", text).upper()
    if not PAPER.fullmatch(number) or sum(map(str.isdigit, number)) < PAPER_DIGITS:
        return []
    papers = IdentityDocument.objects.filter(digest__in=digests(number)).order_by("pk")
    return list(dict.fromkeys(papers.values_list("customer", flat=True)))


def find_by_handle(text: str, *, limit: int) -> list[int]:
    """By its beginning: handles are public."""
    name = text.strip().removeprefix("@").lower()
    if len(name) < SHORTEST or " " in name:
        return []
    points = ContactPoint.objects.filter(kind=ContactPoint.Kind.HANDLE, value__startswith=name).order_by("value", "pk")
    return list(dict.fromkeys(points.values_list("customer", flat=True)[:limit]))
