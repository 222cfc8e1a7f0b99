"""Django's SMTP backend, told apart at the one point that matters: had the text left when the line broke?"""

import smtplib
from typing import Any

from django.core.mail.backends.smtp import EmailBackend


class Unanswered(smtplib.SMTPServerDisconnected):
    """The text was on its way and the server never said whether it took it (RFC 5321 §6.1)."""


class WatchedSMTP(smtplib.SMTP):
    _text_left = False

    def send(self, s: Any) -> None:
        # smtplib hands commands over as text and the message itself as bytes.
        self._text_left = isinstance(s, bytes)
        super().send(s)

    def data(self, msg: Any) -> tuple[int, bytes]:
        try:
            return super().data(msg)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            if self._text_left:
                raise Unanswered(type(error).__name__) from error
            raise


class WatchedSMTPS(WatchedSMTP, smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""


class WatchedBackend(EmailBackend):
    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return WatchedSMTPS if self.use_ssl else WatchedSMTP
