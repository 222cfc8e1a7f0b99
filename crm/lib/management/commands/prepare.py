from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand

from crm.lib import env


class Command(BaseCommand):
    """Makes the database ready for use: migrations, and the demo operator where nobody else works in it."""

    help = __doc__

    def handle(self, **options: object) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        if env.flag("SAPA_DEMO", not settings.PRODUCTION) and "seed_demo" in get_commands():
            if not get_user_model().objects.exists():
                self.stdout.write("An empty database: seeding the demo operator …")
            call_command("seed_demo")
