import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from crm.messaging.mail.watching import watch_mailboxes


class Command(BaseCommand):
    help = "Receive mail for every active e-mail connection, until it is stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        watch_mailboxes(stop)
