"""Make the demo operator. Again: opens new cases about to breach when none is left, and else does nothing."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from crm.cases.models import Case
from crm.demo import on_x, seed


class Command(BaseCommand):
    help = "Seed a believable operator: staff, customers, cases in every state. Refuses production."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reset", action="store_true", help="throw the demo away and make it anew")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Not in production: the demo's passwords are known to everybody.")
        simulator, was_there = on_x.simulator(), seed.is_demo() and not options["reset"]
        try:
            self.stdout.write(reset() if options["reset"] else keep())
        except seed.NotADemo:
            raise CommandError("The demo did not make this database; nothing was changed.") from None
        if simulator and seed.is_demo():
            on_x.join(simulator, anew=not was_there)


@transaction.atomic
def reset() -> str:
    seed.wipe()
    return make()


def keep() -> str:
    """Others' data are left alone, so that any start may ask."""
    if seed.is_demo():
        opened = seed.top_up(timezone.now())
        return "Demo kept; new cases were opened." if opened else "Demo kept as it is."
    try:
        return make()
    except seed.NotADemo:
        return "Others work in this database: no demo."


def make() -> str:
    seed.seed(timezone.now())
    return f"Demo seeded: {Case.objects.count()} cases. `manage.py demo_logins` shows who can sign in."
