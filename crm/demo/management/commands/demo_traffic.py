"""Keep the demo busy: open a new case every few seconds over the REST API, until Ctrl-C."""

import itertools
import time
from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm.demo import seed
from crm.demo.traffic import CHANNELS, Caller


class Command(BaseCommand):
    help = "Open new demo cases over the REST API of a running Sapa, until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--every", type=float, default=30, help="seconds between two cases")
        parser.add_argument("--count", type=int, help="stop after so many")
        parser.add_argument("--site", default=settings.SITE_URL, help="where it is served")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION or not seed.is_demo():
            raise CommandError("There is no demo here.")
        with suppress(KeyboardInterrupt):
            self.keep_opening(Caller(options["site"]), options["every"], options["count"])

    def keep_opening(self, caller: Caller, every: float, count: int | None) -> None:
        writer = seed.present_writer(timezone.now())
        for turn in itertools.count() if count is None else range(count):
            time.sleep(every if turn else 0)
            scene = writer.scene(timezone.now(), channels=CHANNELS)
            try:
                self.stdout.write(f"#{caller.open(scene)} {scene.channel}: {scene.story.subject.format(**scene.words)}")
            except OSError as error:
                raise CommandError(f"{caller.site} does not take it: {error}") from None
