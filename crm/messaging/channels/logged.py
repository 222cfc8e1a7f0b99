"""Call, counter, IVR: the contact takes place between two people, nothing is sent; we only write it down."""

from crm.messaging.channels import Adapter, Sent
from crm.messaging.models import Message


class Logged(Adapter):
    logs_only = True
    repeatable = True

    def send(self, message: Message) -> Sent:
        return Sent()
