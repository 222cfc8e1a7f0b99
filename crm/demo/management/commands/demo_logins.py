"""Who can sign in to the demo, and what a system needs to call its API."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from crm.demo import client, people, seed


class Command(BaseCommand):
    help = "Show the demo's log-ins and its API client."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("There is no demo in production.")
        if not seed.is_demo():
            self.stdout.write("No demo in this database. `manage.py createsuperuser` makes the first administrator.")
            return
        with translation.override("en"):
            self.show()

    def show(self) -> None:
        for one in people.STAFF:
            row = f"{one.role.label:<16} {one.username:<8} {people.PASSWORD}  {one.name}"
            where = ", ".join(one.teams) or one.division
            self.stdout.write(f"{row} ({where})" if where else row)
        self.stdout.write(f"\nAPI client       {client.CLIENT_ID}  {client.CLIENT_SECRET}")
