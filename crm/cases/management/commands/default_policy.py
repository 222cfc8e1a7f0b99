from django.core.management.base import BaseCommand

from crm.cases.defaults import ensure_causes, ensure_policy


class Command(BaseCommand):
    """Publishes the default SLA policy where none is in force, without which no case can be opened; lists causes."""

    help = __doc__

    def handle(self, **options: object) -> None:
        ensure_causes()
        self.stdout.write(f"SLA policy {ensure_policy().version} is in force.")
