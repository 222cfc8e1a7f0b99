"""SMS through Kannel. Kannel drops no second copy, so what is in doubt is for a person to decide: not repeatable."""

from urllib.parse import urljoin

from django.utils.translation import gettext_lazy as _

from crm.lib.msisdn import BadNumber, normalise
from crm.lib.sealed import Unreadable
from crm.messaging.channels import Adapter, Field, Passing, Permanent, Sent, Standing, connection_of
from crm.messaging.channels.gsm import is_gsm, size_of
from crm.messaging.channels.kannel import ONLINE, Answer, ask, verdict
from crm.messaging.channels.kannel_reports import base_of, report_url
from crm.messaging.models import Connection, Message
from crm.messaging.words import CENTRE_AWAY, KANNEL_STRANGE, NO_CONNECTION, NO_NUMBER, SEALED

# Kannel's own max-messages must be as high: it cuts off what is longer without a word (docs/deploy/kannel.conf).
MOST_MESSAGES = 10
# Delivered, not delivered, queued, accepted, rejected: every report there is.
EVERY_REPORT, NO_REPORT = 31, 0
PLAIN, UCS2 = 0, 2


class Sms(Adapter):
    max_length = MOST_MESSAGES
    unit = "SMS"
    callback = "messaging:sms-in"
    callback_is_secret = True
    callback_says = _("In Kannel's configuration: the get-url of the sms-service, as docs/channels.md shows it.")
    account_says = _("The number or name that customers see as the sender")
    fields = (
        Field("url", _("Kannel's address"), "url", default="http://127.0.0.1:13013",
              help=_("Where smsbox listens: its sendsms-port.")),
        Field("user", _("User"), help=_("A sendsms-user of Kannel's configuration.")),
        Field("password", _("Password"), "secret"),
        Field("smsc", _("SMS centre"), required=False, help=_("The smsc-id, where Kannel has several.")),
        Field("callback", _("Our address, as Kannel reaches it"), "url", required=False,
              help=_("Empty: the address of this site.")),
        Field("status", _("Status page"), "secret", required=False,
              help=_("bearerbox's status.xml with its password, so that a check sees the SMS centre, too: "
                     "http://127.0.0.1:13000/status.xml?password=…")),
    )  # fmt: skip

    def measure(self, text: str) -> int:
        return size_of(_as_sent(text)).messages

    def standing(self, *, account: str, recipient: str, reply_to: str, is_public: bool) -> Standing:
        if Connection.objects.of("sms").exists():
            return Standing()
        return Standing(may=False, said=_("No SMS centre is connected. An administrator can do so under Channels."))

    def send(self, message: Message) -> Sent:
        connection = connection_of(message)
        if connection is None:
            raise Passing(NO_CONNECTION)
        reports: dict[str, str | int] = {"dlr-mask": EVERY_REPORT, "dlr-url": report_url(connection, message)}
        return _send(connection, message.recipient, message.body, reports)

    def callback_base(self, connection: Connection) -> str:
        return base_of(connection)

    def check(self, connection: Connection) -> None:
        """A message to nobody: Kannel looks at the log-in first, then refuses for want of a number."""
        answer = ask(_sendsms(connection), _login(connection) | {"from": connection.account, "text": "?"})
        if answer.status != 400:
            verdict(answer)
            raise Passing(f"{KANNEL_STRANGE} ({answer.status})")
        if status := connection.secrets.get("status"):
            _check_centre(ask(status))

    def try_out(self, connection: Connection, *, recipient: str, text: str) -> Sent:
        return _send(connection, recipient, text, {"dlr-mask": NO_REPORT})


def _send(connection: Connection, recipient: str, text: str, reports: dict[str, str | int]) -> Sent:
    text = _as_sent(text)
    centre = connection.option("smsc")
    parameters = _login(connection) | reports | {
        "from": connection.account, "to": _number(recipient), "text": text, "charset": "UTF-8",
        "coding": PLAIN if is_gsm(text) else UCS2, **({"smsc": centre} if centre else {}),
    }  # fmt: skip
    return verdict(ask(_sendsms(connection), parameters))


def _as_sent(text: str) -> str:
    """Browsers send two characters for a new line; on a phone one is enough."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _number(recipient: str) -> str:
    try:
        return normalise(recipient)
    except BadNumber:
        raise Permanent(NO_NUMBER) from None


def _sendsms(connection: Connection) -> str:
    return urljoin(str(connection.option("url")).rstrip("/") + "/", "cgi-bin/sendsms")


def _login(connection: Connection) -> dict[str, str | int]:
    try:
        password = connection.secrets.get("password", "")
    except Unreadable:
        raise Passing(SEALED) from None
    return {"username": str(connection.option("user")), "password": password}


def _check_centre(answer: Answer) -> None:
    if answer.status != 200 or "<gateway>" not in answer.text:
        raise Passing(f"{KANNEL_STRANGE} ({answer.status})")
    if not ONLINE.search(answer.text):
        raise Passing(CENTRE_AWAY)
