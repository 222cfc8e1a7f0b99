"""Call, counter, IVR: the contact takes place between two people, nothing is sent; we only write it down."""

from crm.messaging.channels import Sent
from crm.messaging.models import Message


class Logged:
    can_public = False
    max_length: int | None = None
    logs_only = True
    repeatable = True

    def send(self, message: Message) -> Sent:
        return Sent()
