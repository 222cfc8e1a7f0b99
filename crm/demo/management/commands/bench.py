"""Measure. `manage.py bench list --n 100000`; `all` or no name measures every bench."""

import subprocess
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crm.demo import bench
from crm.demo.bench import database


class Command(BaseCommand):
    help = "Measure one bench, or all of them, on a database of their own."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(bench.names()))
        parser.add_argument("--n", type=int, help="size: cases, or what the bench counts")
        parser.add_argument("--seconds", type=float, default=10.0, help="how long a rate is measured")
        parser.add_argument("--clients", type=int, default=8, help="how many ask at once")
        parser.add_argument("--fresh", action="store_true", help="make the bench database anew")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = bench.names() if options["names"] in ([], ["all"]) else options["names"]
        if unknown := set(wanted) - set(bench.names()):
            raise CommandError(f"No such bench: {', '.join(sorted(unknown))}. There are: {', '.join(bench.names())}.")
        failed = [name for name in wanted if self.measure(name, options)]
        if failed:
            raise CommandError(f"Failed: {', '.join(failed)}.")

    def measure(self, name: str, options: dict[str, Any]) -> int:
        """In a process of its own, on the bench database; one that grows has a database of its own, and leaves none."""
        on = f"{database.NAME}_{name}" if name in bench.GROWING else database.NAME
        database.prepare(on, fresh=options["fresh"] or name in bench.GROWING)
        sizes = [f"--{key}={options[key]}" for key in ("n", "seconds", "clients") if options[key] is not None]
        command = [sys.executable, "-m", "crm.demo.bench", name, *sizes]
        try:
            return subprocess.run(command, env=database.environment(on), check=False).returncode
        finally:
            if name in bench.GROWING:
                database.drop(on)
