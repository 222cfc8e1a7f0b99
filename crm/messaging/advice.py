"""What somebody can do about a fault of a connection, by the reason that its adapter gave. The first rule that fits."""

import re

from django.utils.translation import gettext_lazy as _

OURS = _("This is a fault of ours. Pass the reason and the time on to whoever runs Sapa.")
RULES = [
    (re.compile(r" at \w+\.py:\d+"), OURS),
    (re.compile(r"unreadable", re.I),
     _("The secrets were sealed with a key that is not here. Enter them anew, or give this installation the old key.")),
    (re.compile(r"429|too many|rate limit", re.I),
     _("We asked too often. It goes on by itself as soon as the other side allows it; nothing is lost.")),
    (re.compile(r"SMS centre away|no route"),
     _("Kannel has no link to an SMS centre. What it took waits there; look at its log and the centre's log-in.")),
    (re.compile(r"\b(401|403|53[045])\b|auth|log.?in|credential|forbidden", re.I),
     _("The other side refuses our keys or our log-in. Enter them anew, then check again.")),
    (re.compile(r"gaierror|name.?resolution|name or service", re.I),
     _("The server's name is unknown. Look for a slip in its address.")),
    (re.compile(r"ssl|certificate|tls", re.I),
     _("No safe line could be made. Is the other side's certificate valid, and the port the right one?")),
    (re.compile(r"refused|time.?out|timed|connect|unanswered|reset|hung up|unreachable|aborted|no answer|broke", re.I),
     _("The other side does not answer. Does it run, and may this server reach it (address, port, firewall)?")),
    (re.compile(r"\b5\d\d\b"),
     _("The other side has a fault of its own. Messages are tried again by themselves; if it lasts, ask there.")),
    (re.compile(r"\b404\b|not found", re.I),
     _("The other side does not know this account or address. Check the settings.")),
]  # fmt: skip
ELSE = _("Check the settings. If that does not help, pass the reason on to whoever runs Sapa.")


def advice(fault: str) -> str:
    """One or two sentences; empty without a fault."""
    if not fault:
        return ""
    return str(next((words for rule, words in RULES if rule.search(fault)), ELSE))
