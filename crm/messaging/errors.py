"""Why a message cannot be queued, or cannot be withdrawn. str() is translated; `field` is the field to blame."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class MessagingError(Exception):
    code = "messaging"
    field = ""


class UnknownChannel(MessagingError):
    code, field = "unknown_channel", "channel"

    def __init__(self, channel: str) -> None:
        super().__init__(_("Nothing can be sent over this channel: %(channel)s") % {"channel": channel})


class NotPublic(MessagingError):
    code, field = "not_public", "is_public"

    def __init__(self) -> None:
        super().__init__(_("Nobody can be answered in public on this channel. Answer privately."))


class MayNotWrite(MessagingError):
    """The network would refuse it just now. `said` is the adapter's own sentence: why, and what to do."""

    code, field = "may_not_write", "channel"

    def __init__(self, said: str) -> None:
        super().__init__(said or _("The network takes no message this way just now. Choose another way."))


class TooLong(MessagingError):
    code, field = "too_long", "text"

    def __init__(self, most: int, *, unit: str = "") -> None:
        """`unit` is what is counted where it is not characters: 'At most 10 SMS'."""
        said = ngettext("At most %(most)d character fits.", "At most %(most)d characters fit.", most)
        super().__init__((_("Too long: at most %(most)d %(unit)s.") if unit else said) % {"most": most, "unit": unit})


class Nothing(MessagingError):
    code, field = "nothing_to_send", "text"

    def __init__(self) -> None:
        super().__init__(_("There is nothing to send."))


class NoRecipient(MessagingError):
    code, field = "no_recipient", "recipient"

    def __init__(self) -> None:
        super().__init__(_("Say to whom this goes."))


class TooLate(MessagingError):
    """The undo seconds are over, or the message is on its way."""

    code = "too_late"

    def __init__(self) -> None:
        super().__init__(_("This message is already on its way."))


class NotStuck(MessagingError):
    """Only a refused or uncertain message can be decided by hand."""

    code = "not_stuck"

    def __init__(self) -> None:
        super().__init__(_("Somebody has already dealt with this message."))
