"""`python manage.py import_billing FILE --mapping FILE`."""

from crm.billing.loading.command import LoadCommand
from crm.billing.models import Load


class Command(LoadCommand):
    help = "Load bills, payments, top-ups, credit notes or usage from CSV. Twice adds nothing; a killed run goes on."
    kinds = tuple(kind for kind in Load.Kind.values if kind != Load.Kind.CUSTOMERS)
