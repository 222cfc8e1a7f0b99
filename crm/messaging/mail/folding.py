"""Which words of a mail are new: without the mail it answers, and without the signature. Pure.

Only what stands at the end, or in one piece at the beginning, is folded away. An answer between the lines of a
quotation needs those lines, and what somebody forwards is what they want us to read.
"""

import re

DAY_OR_DATE = r"(?:\d{1,4}[./-]\d{1,2}|\d{1,2}[: .]\d{2}|\b(?:19|20)\d\d\b)"
# Nobody names an earlier mail in more letters; expressions that look for it are tried on no more.
LONGEST_ATTRIBUTION = 600
# "On Mon, 2 Nov 2026 at 10:04, Layanan <care@…> wrote:", in one, two or three lines.
WROTE = re.compile(
    rf"^(?:on|pada|tanggal|le|el|am|em)\b[^\n]*?{DAY_OR_DATE}(?:[^\n]*\n){{0,2}}?[^\n]*"
    r"\b(?:wrote|writes|menulis|tulis|schrieb|écrit|escribió|escreveu)\s*:\s*$"
    rf"|^[^\n]*{DAY_OR_DATE}[^\n]*<[^\n<>@]+@[^\n<>@]+>\s*(?:wrote|writes|menulis)?\s*:\s*$"
    r"|^[^\n]{3,120}\b(?:wrote|menulis)\s*:\s*$",
    re.IGNORECASE | re.MULTILINE,
)
ORIGINAL = re.compile(
    r"^[ \t]*-{2,}[ \t]*(?:original message|pesan asli|pesan asal|original appointment)[ \t]*-{2,}[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
FORWARDED = re.compile(
    r"^[ \t]*(?:-{2,}[ \t]*)?(?:forwarded message|pesan terusan|pesan yang diteruskan|begin forwarded message"
    r"|mulai pesan terusan)\b",
    re.IGNORECASE | re.MULTILINE,
)
# The block of headers that Outlook and phones put above the earlier mail.
HEAD = re.compile(
    r"^[ \t*_]*(?:from|dari)[ \t*_]*:[^\n]*\n(?:[ \t]*\n)?(?:[^\n]*\n){0,3}?"
    r"[ \t*_]*(?:sent|date|dikirim|tanggal|terkirim)[ \t*_]*:[^\n]*\n(?:[^\n]*\n){0,6}?"
    r"[ \t*_]*(?:subject|perihal|subjek)[ \t*_]*:",
    re.IGNORECASE | re.MULTILINE,
)
SIGNATURE = re.compile(r"-- ?")
SENT_FROM = re.compile(
    r"^[ \t]*(?:sent from|dikirim dari|get outlook for|dapatkan outlook untuk|sent via|terkirim dari)\b[^\n]{0,80}$",
    re.IGNORECASE | re.MULTILINE,
)
LONGEST_SIGNATURE = 12  # lines; longer ones are more likely words
MOST = 200_000  # letters that are looked at


def new_words(text: str) -> str:
    """What was written this time; all of it when nothing else remains."""
    text = text[:MOST].strip("\n")
    kept = _without_signature(_without_quotation(text))
    return kept.strip() or text.strip()


def _without_quotation(text: str) -> str:
    text = _without_head(text)
    lines = text.split("\n")
    while lines and (not lines[-1].strip() or _is_quoted(lines[-1])):
        lines.pop()
    ended = "\n".join(lines)
    if len(lines) < len(text.rstrip().split("\n")):
        ended = _without_last_attribution(ended)
    return _without_leading_quotation(ended)


def _without_head(text: str) -> str:
    """Cut where an unmarked copy of the earlier mail begins, unless that was forwarded to us."""
    cuts = [found.start() for pattern in (ORIGINAL, HEAD) if (found := pattern.search(text))]
    if not cuts:
        return text
    forwarded = FORWARDED.search(text)
    if forwarded and forwarded.start() <= min(cuts):
        return text
    return _without_rule(text[: min(cuts)])


def _without_rule(text: str) -> str:
    """The line that programs draw above it."""
    return re.sub(r"\n[ \t]*(?:_{5,}|-{5,}|={5,})\Z", "\n", text.rstrip())


def _without_last_attribution(text: str) -> str:
    """'Pada … menulis:' as the last words before a quotation that was cut."""
    tail_from = max(0, len(text) - LONGEST_ATTRIBUTION)
    for found in WROTE.finditer(text, tail_from):
        if not text[found.end() :].strip():
            return text[: found.start()]
    return text


def _without_leading_quotation(text: str) -> str:
    """Answers below a quotation in one piece: the quotation goes, with the line that says whose it is."""
    lines = text.split("\n")
    start = next((i for i, line in enumerate(lines) if _is_quoted(line)), None)
    if start is None:
        return text
    head = "\n".join(lines[:start]).strip()
    if head and (len(head) > LONGEST_ATTRIBUTION or not WROTE.fullmatch(head)):
        return text
    end = start
    while end < len(lines) and (_is_quoted(lines[end]) or not lines[end].strip()):
        end += 1
    rest = lines[end:]
    return text if any(map(_is_quoted, rest)) or not any(map(str.strip, rest)) else "\n".join(rest)


def _is_quoted(line: str) -> bool:
    return line.lstrip().startswith(">")


def _without_signature(text: str) -> str:
    lines = text.split("\n")
    for number in range(max(1, len(lines) - LONGEST_SIGNATURE - 1), len(lines)):
        if SIGNATURE.fullmatch(lines[number]):
            text = "\n".join(lines[:number])
            break
    *_others, sent = [None, *SENT_FROM.finditer(text, max(0, len(text) - 300))]
    return text[: sent.start()] if sent and not text[sent.end() :].strip() else text
