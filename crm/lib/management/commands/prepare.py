from io import StringIO

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError

from crm.lib import env


class Command(BaseCommand):
    """Makes the database ready: migrations, SLA policy, caring programme and, unless SAPA_DEMO is off, the demo."""

    help = __doc__

    def handle(self, **options: object) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        for beginning in ("default_policy", "caring_programme"):
            call_command(beginning, stdout=StringIO())
        if env.flag("SAPA_DEMO", not settings.PRODUCTION) and "seed_demo" in get_commands():
            self.bring_demo()

    def bring_demo(self) -> None:
        """Fills an empty database once; later starts only open new cases. Refused where real people work."""
        try:
            call_command("seed_demo", stdout=self.stdout)
        except CommandError as refusal:
            self.stdout.write(str(refusal))
