"""Technical reasons in words that a supervisor can act on. What nobody foresaw is shown as it came."""

from django.utils.translation import gettext_lazy as _

STOPPED = "sender stopped"

REASONS = {
    STOPPED: _("The sender stopped before it knew"),
    "Unanswered": _("The line broke before an answer came"),
    "recipient refused": _("The address was refused"),
    "SMTPSenderRefused": _("Our own address was refused"),
    "SMTPDataError": _("The text was refused"),
    "SMTPAuthenticationError": _("The mail server refused our log-in"),
    "SMTPConnectError": _("The mail server could not be reached"),
    "SMTPServerDisconnected": _("The mail server hung up"),
    "ConnectionRefusedError": _("The mail server could not be reached"),
    "TimeoutError": _("The mail server did not answer"),
    "gaierror": _("The mail server's name is unknown"),
    "not a valid address or subject": _("This is not an e-mail address"),
    "unknown channel": _("Nothing can be sent over this channel any more"),
}


def in_words(error: str) -> str:
    """'recipient refused (550)' -> 'The address was refused (550)'."""
    reason, bracket, code = error.partition(" (")
    words = REASONS.get(reason)
    return error if words is None else f"{words}{bracket}{code}"
