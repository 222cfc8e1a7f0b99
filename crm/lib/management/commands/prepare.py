from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand

from crm.lib import env


class Command(BaseCommand):
    """Makes the database ready for use: migrations and, where nobody is in it yet, the demo operator."""

    help = __doc__

    def handle(self, **options: object) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        if self.wants_demo():
            self.stdout.write("An empty database: seeding the demo operator …")
            call_command("seed_demo")

    def wants_demo(self) -> bool:
        wanted = env.flag("SAPA_DEMO", not settings.PRODUCTION) and "seed_demo" in get_commands()
        return wanted and not get_user_model().objects.exists()
