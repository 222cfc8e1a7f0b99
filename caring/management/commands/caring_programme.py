from typing import Any

from django.core.management.base import BaseCommand

from caring.defaults import ensure_programme


class Command(BaseCommand):
    help = "Make the stages of the 24 Program Caring that are missing, as they ship."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{ensure_programme()} stages made.")
