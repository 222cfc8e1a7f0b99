"""`python manage.py import_customers FILE --mapping FILE`."""

from crm.billing.loading.command import LoadCommand
from crm.billing.models import Load


class Command(LoadCommand):
    help = "Load customers and their lines from CSV. Twice adds nothing; a killed run goes on where it stood."
    kinds = (Load.Kind.CUSTOMERS,)
