"""X as a channel of the outbox."""

from django.utils.translation import gettext_lazy as _

from crm.messaging.channels import Adapter, Field, Sent, Standing
from crm.messaging.models import Connection, Message
from social.models import Post
from social.networks.x import checking, sending
from social.networks.x.client import BASE_URL, WEB_URL
from social.networks.x.counting import PRIVATE_MAX, PUBLIC_MAX, weight

NETWORK = sending.NETWORK
NO_POST = _("There is no public post of this customer to answer. Write privately.")
NOT_SUMMONED = _(
    "This post neither mentions nor quotes us, and since February 2026 X lets an app answer only one that does. "
    "Write privately, or answer from the X app itself."
)
FIRST_TO_WRITE = _(
    "This customer has not written to us privately yet. X delivers only if they take messages from everybody; "
    "if it refuses, ask them in public to write first."
)


class X(Adapter):
    can_public = can_attach = True
    callback = "social:x-hook"
    callback_says = _("Sapa registers this address at X by itself when you press Check. X must reach it over HTTPS.")
    account_says = _("The handle of the account, without @.")
    fields = (
        Field("consumer_key", _("API key"), "secret"),
        Field("consumer_secret", _("API key secret"), "secret", help=_("It also proves that events come from X.")),
        Field("access_token", _("Access token"), "secret"),
        Field("access_secret", _("Access token secret"), "secret"),
        Field("user_id", _("User ID"), required=False, help=_("Of the account; Check finds it out when left empty.")),
        Field(
            "unrestricted", _("May answer any post"), "flag", required=False, default=False,
            help=_("Only for apps with an Enterprise or Public Utility contract with X."),
        ),
        Field("base_url", _("Address of the API"), "url", default=BASE_URL),
        Field("web_url", _("Address of the site"), "url", default=WEB_URL),
    )  # fmt: skip

    def send(self, message: Message) -> Sent:
        return sending.send(message)

    def limit(self, *, is_public: bool) -> int | None:
        return PUBLIC_MAX if is_public else PRIVATE_MAX

    def measure(self, text: str) -> int:
        return weight(text)

    def standing(self, *, account: str, recipient: str, reply_to: str, is_public: bool) -> Standing:
        if not is_public:
            return Standing() if reply_to else Standing(said=FIRST_TO_WRITE)
        if not reply_to:
            return Standing(may=False, said=NO_POST)
        connection = _connection(account)
        if connection and connection.option("unrestricted", False):
            return Standing()
        summoned = Post.objects.filter(account__network=NETWORK, external_id=reply_to, summons=True).exists()
        return Standing() if summoned else Standing(may=False, said=NOT_SUMMONED)

    def private_link(self, *, account: str) -> str:
        connection = _connection(account)
        if connection is None or not connection.option("user_id"):
            return ""
        site = str(connection.option("web_url", WEB_URL)).rstrip("/")
        return f"{site}/messages/compose?recipient_id={connection.option('user_id')}"

    def check(self, connection: Connection) -> None:
        checking.check(connection)

    def try_out(self, connection: Connection, *, recipient: str, text: str) -> Sent:
        return sending.try_out(connection, recipient=recipient, text=text)


def _connection(account: str) -> Connection | None:
    here = Connection.objects.of(NETWORK)
    return here.filter(account__iexact=account).first() or here.first()
