"""How many short messages a text takes: GSM 03.38 where every character is in it, else UCS-2 (3GPP TS 23.038)."""

from typing import Literal, NamedTuple

# The default alphabet; what stands in the extension table is sent as two characters.
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€")
# Of one message alone, and of each part of a longer one: the header that joins the parts takes room.
GSM_ALONE, GSM_PART = 160, 153
UCS2_ALONE, UCS2_PART = 70, 67


class Size(NamedTuple):
    """`units` are septets or UTF-16 units; `left` is how many more fit before another message is needed."""

    encoding: Literal["gsm", "ucs2"]
    units: int
    messages: int
    left: int


def size_of(text: str) -> Size:
    """'Halo' -> Size('gsm', 4, 1, 156). An empty text takes no message."""
    if not text:
        return Size("gsm", 0, 0, GSM_ALONE)
    if is_gsm(text):
        return _gsm(text)
    units = len(text.encode("utf-16-be", "surrogatepass")) // 2
    if units <= UCS2_ALONE:
        return Size("ucs2", units, 1, UCS2_ALONE - units)
    return Size("ucs2", units, -(-units // UCS2_PART), -units % UCS2_PART)


def is_gsm(text: str) -> bool:
    return BASIC.union(EXTENDED).issuperset(text)


def _gsm(text: str) -> Size:
    widths = [2 if character in EXTENDED else 1 for character in text]
    units = sum(widths)
    if units <= GSM_ALONE:
        return Size("gsm", units, 1, GSM_ALONE - units)
    parts, used = 1, 0
    for width in widths:
        # Both halves of an extended character go into one part.
        parts, used = (parts, used + width) if used + width <= GSM_PART else (parts + 1, width)
    return Size("gsm", units, parts, GSM_PART - used)
