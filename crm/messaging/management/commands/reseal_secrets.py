"""`python manage.py reseal_secrets`: after `SEALING_KEYS=new,old`, so that the old key can be given up."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from crm.lib.sealed import Unreadable, reseal
from crm.messaging.models import Connection


class Command(BaseCommand):
    help = "Seal the secrets of all connections with the first of SEALING_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        unreadable = [str(one) for one in Connection.objects.exclude(sealed="") if not _reseal(one.pk)]
        self.stdout.write(f"{len(unreadable)} cannot be read, all others are sealed with the first key.")
        if unreadable:
            raise CommandError(f"No key opens the secrets of these, enter them anew: {', '.join(unreadable)}")


@transaction.atomic
def _reseal(pk: int) -> bool:
    """Under the row's lock: somebody may be typing a new secret."""
    connection = Connection.objects.select_for_update().get(pk=pk)
    try:
        connection.sealed = reseal(connection.sealed)
    except Unreadable:
        return False
    connection.save(update_fields=["sealed"])
    return True
