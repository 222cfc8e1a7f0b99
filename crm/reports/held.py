"""What this room holds on a customer (crm/customers/holdings.py): files that were made before they were erased."""

from crm.customers import holdings
from crm.customers.holdings import Person, bearing, naming
from crm.reports.files import FOLDER
from crm.reports.models import Export, Schedule


def register() -> None:
    holdings.register("reports", erase=erase)


def erase(person: Person) -> list[str]:
    """One that is being made just now was begun before: it is let go, and may be asked for again."""
    for model in (Export, Schedule):
        bearing(model.objects.all(), "query", person).delete()
    bearing(Export.objects.all(), "about", person).delete()
    Export.objects.filter(state=Export.State.WAITING, schedule=None).delete()
    made = Export.objects.exclude(file="")
    files = naming([f"{FOLDER}/{name}" for name in made.values_list("file", flat=True)], person)
    made.filter(file__in=[name.removeprefix(f"{FOLDER}/") for name in files]).delete()
    return files
