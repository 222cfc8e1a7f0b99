"""`manage.py bench NAME`: measurements, on a database and a broker number of their own.

A bench is a module of this folder with `run(options) -> dict`: it prints a table, and returns the keys of its last line
of JSON. Figures vary from run to run, so each returns a ratio against a floor or a peer taken in the same run.
"""

from pathlib import Path

# Begin small and fill up on the way: they cannot share what another has filled.
GROWING = {"growth"}


def names() -> list[str]:
    """What `make bench-NAME` takes: modules with a `run`; `sla-burst` is the module sla_burst."""
    modules = (path for path in Path(__file__).parent.glob("*.py") if "\ndef run(" in path.read_text())
    return sorted(path.stem.replace("_", "-") for path in modules)
