"""`manage.py bench NAME`: measurements, on a database and a broker number of their own.

A bench is a module of this folder with `run(options) -> dict`: it prints a table, and returns the keys of its last line
of JSON. Figures vary from run to run, so each returns a ratio against a floor or a peer taken in the same run.
"""

import keyword
from pathlib import Path

# Begin small and fill up on the way: they cannot share what another has filled.
GROWING = {"growth", "nightly", "import", "search", "knowledge", "caring", "lane"}


def names() -> list[str]:
    """What `make bench-NAME` takes: modules with a `run`; `sla-burst` is the module sla_burst, `import` is import_."""
    modules = (path for path in Path(__file__).parent.glob("*.py") if "\ndef run(" in path.read_text())
    return sorted(path.stem.strip("_").replace("_", "-") for path in modules)


def module_of(name: str) -> str:
    """A word of the language is no module's name: `import` lies in import_."""
    return "crm.demo.bench." + (f"{name}_" if keyword.iskeyword(name) else name.replace("-", "_"))
