"""`python manage.py reseal_secrets`: after `SEALING_KEYS=new,old`, so that the old key can be given up."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crm.lib.resealing import reseal_all

NAMED = 20


class Command(BaseCommand):
    help = "Seal all secrets, papers and merges with the first of SEALING_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        unreadable = list(reseal_all())
        self.stdout.write(f"{len(unreadable)} cannot be read, all others are sealed with the first key.")
        if unreadable:
            more = f" and {len(unreadable) - NAMED} more" if len(unreadable) > NAMED else ""
            raise CommandError(f"No key opens these, enter them anew: {', '.join(unreadable[:NAMED])}{more}")
