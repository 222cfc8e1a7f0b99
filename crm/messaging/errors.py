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


class TooLong(MessagingError):
    code, field = "too_long", "text"

    def __init__(self, most: int) -> None:
        super().__init__(
            ngettext("At most %(most)d character fits.", "At most %(most)d characters fit.", most) % {"most": most}
        )


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
