"""Make the demo operator. Again: does nothing, but opens new cases about to breach when none is left."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from crm.cases.models import Case
from crm.demo import seed


class Command(BaseCommand):
    help = "Seed a believable operator: staff, customers, cases in every state. Refuses production."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reset", action="store_true", help="throw the demo away and make it anew")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Not in production: the demo's passwords are known to everybody.")
        try:
            self.stdout.write(self.style.SUCCESS(self.bring_about(reset=options["reset"])))
        except seed.NotADemo:
            raise CommandError("This database was not made by the demo; nothing was changed.") from None

    @transaction.atomic
    def bring_about(self, *, reset: bool) -> str:
        if reset:
            seed.wipe()
        now = timezone.now()
        if not seed.is_demo():
            seed.seed(now)
            return f"Demo seeded: {Case.objects.count()} cases. `manage.py demo_logins` shows who can sign in."
        if seed.top_up(now):
            return "Demo kept; new cases were opened."
        return "Demo kept as it is."
