"""Technical reasons in words that a supervisor can act on. What nobody foresaw is shown as it came."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.customers.contacting import No

STOPPED = "sender stopped"
NO_CONNECTION = "no connection"
SEALED = "Unreadable"
NO_NUMBER = "not a telephone number"
KANNEL_LOGIN, KANNEL_ROUTE = "Kannel: log-in refused", "Kannel: no route"
KANNEL_UNREACHABLE, KANNEL_SILENT, KANNEL_BROKE = "Kannel: unreachable", "Kannel: no answer", "Kannel: line broke"
KANNEL_TROUBLE, KANNEL_REFUSED, KANNEL_STRANGE = "Kannel: trouble", "Kannel: refused", "Kannel: strange answer"
CENTRE_AWAY = "SMS centre away"
NOT_DELIVERED, NOT_TAKEN = "not delivered", "refused by the network"

REASONS: dict[str, Promise] = {
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
    "attachment is missing": _("A file that goes with it is no longer there"),
    "bounced": _("It came back: the address does not take it"),
    "MailboxLoginError": _("The mail server refused our log-in"),
    "MailboxFolderSelectError": _("The folder of new mail is not there"),
    "MailboxFolderCreateError": _("A folder could not be made"),
    "SameFolder": _("Mail taken in must lie in another folder than new mail"),
    "SSLCertVerificationError": _("The server's certificate is not to be trusted"),
    "abort": _("The mail server hung up"),
    "error": _("The mail server refused a command"),
    SEALED: _("The secrets were sealed with a key that is not here"),
    "auto reply": _("A machine's answer"),
    "mass mail": _("Mass mail"),
    "read receipt": _("A receipt or report"),
    "our own mail": _("Our own mail coming back"),
    "came twice": _("The same mail once more"),
    "no sender address": _("It names no sender who could be answered"),
    "too many at once": _("Too many from one sender at once"),
    "earlier mail first": _("An earlier mail of the thread comes first"),
    "bounce of nothing of ours": _("A report on a mail that is not ours"),
    "delayed": _("Our mail is delayed; its server goes on trying"),
    "no status link": _("The case has no status link any more"),
    "no handler": _("This release takes in nothing from this channel"),
    "worker stopped": _("Every try stopped its worker"),
    "unknown": _("No reason was given"),
    NO_CONNECTION: _("No account is connected for this channel"),
    "binary message": _("No text, but data for the phone"),
    "the sender is no telephone number": _("The sender is no telephone number: nobody who could be answered"),
    "our own number": _("Our own number"),
    "no text": _("There are no words in it"),
    NO_NUMBER: _("This is not a telephone number"),
    KANNEL_LOGIN: _("Kannel refused our log-in"),
    KANNEL_ROUTE: _("Kannel has no SMS centre that takes it"),
    KANNEL_UNREACHABLE: _("Kannel could not be reached"),
    KANNEL_SILENT: _("Kannel did not answer"),
    KANNEL_BROKE: _("The line to Kannel broke before it answered"),
    KANNEL_TROUBLE: _("Kannel could not take it now"),
    KANNEL_REFUSED: _("Kannel refused the message"),
    KANNEL_STRANGE: _("What answers at Kannel's address is not Kannel"),
    CENTRE_AWAY: _("The SMS centre is away; messages wait at Kannel"),
    NOT_DELIVERED: _("The network could not deliver it"),
    NOT_TAKEN: _("The network refused it"),
    "unknown channel": _("Nothing can be sent over this channel any more"),
    **{one.value: one.label for one in No},
}


def explain(words: Mapping[str, Promise]) -> None:
    """From `AppConfig.ready()` of whoever owns a channel: its adapter's reasons in words."""
    REASONS.update(words)


def in_words(error: str) -> str:
    """'recipient refused (550)' -> 'The address was refused (550)'."""
    reason, bracket, code = error.partition(" (")
    words = REASONS.get(reason)
    return error if words is None else f"{words}{bracket}{code}"
