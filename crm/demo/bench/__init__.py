"""`manage.py bench NAME`: measurements, on a database and a broker number of their own.

A bench is a module of this folder with `run(options) -> dict`: it prints a table, and returns the keys of its last line
of JSON. Figures vary from run to run, so each returns a ratio against a floor or a peer taken in the same run.
"""

from pathlib import Path

# Parts of the harness; every other module of this folder is a bench.
PARTS = {"__init__", "__main__", "clocks", "database", "fill", "load", "table"}


def names() -> list[str]:
    """What `make bench-NAME` takes: `sla-burst` is the module sla_burst."""
    stems = (path.stem for path in Path(__file__).parent.glob("*.py"))
    return sorted(stem.replace("_", "-") for stem in stems if stem not in PARTS)
