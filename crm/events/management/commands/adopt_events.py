from django.core.management.base import BaseCommand

from crm.events.adopt import adopt_events


class Command(BaseCommand):
    help = (
        "After a dump was restored into another PostgreSQL server, before the workers start: makes its events readable."
    )

    def handle(self, **options: object) -> None:
        self.stdout.write(f"{adopt_events()} events adopted")
