"""Play the exchange: let a call ring at an agent, and go on. What an exchange sends over REST, by the same verb."""

import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm.calls.actions import hear
from crm.calls.errors import CallError
from crm.calls.models import Call
from crm.calls.words import Step
from crm.lib.msisdn import BadNumber, normalise
from crm.staff.access import may
from crm.staff.models import User


class Command(BaseCommand):
    help = (
        "Let a call ring at an agent; with --call and --event it goes on: answered, held, resumed, transferred, ended."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("agent", nargs="?", help="user name or extension: at whom it rings, or to whom it goes")
        parser.add_argument("number", nargs="?", default="", help="who calls; left out: withheld")
        parser.add_argument("--ivr", default="", help="what they chose in the menu")
        parser.add_argument("--call", help="id of a call that goes on, as printed by its first ring")
        parser.add_argument("--event", choices=Step.values, default=Step.RINGING)

    def handle(self, *args: Any, **options: Any) -> None:
        agent = self.agent(options["agent"]) if options["agent"] else None
        told = options["call"] or f"try-{secrets.token_hex(3)}"
        try:
            call, _new = hear(
                exchange_id=told, kind=options["event"], agent=agent, ivr=options["ivr"],
                msisdn=normalise(options["number"]) if options["number"] else "",
            )  # fmt: skip
        except (CallError, BadNumber) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{told}: {Call.objects.get(pk=call.pk).state}, /calls/{call.pk}/")

    def agent(self, said: str) -> User:
        found = User.objects.filter(extension=said).first() or User.objects.filter(username=said).first()
        if found is None or not may(found, "call.take"):
            raise CommandError(f"{said} is nobody who takes calls.")
        return found
