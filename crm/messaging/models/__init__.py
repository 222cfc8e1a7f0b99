from crm.messaging.models.arrival import Arrival
from crm.messaging.models.connection import Connection
from crm.messaging.models.letter import Letter
from crm.messaging.models.message import Message
from crm.messaging.models.taken import Taken

__all__ = ["Arrival", "Connection", "Letter", "Message", "Taken"]
