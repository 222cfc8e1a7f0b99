"""How long requests are kept, what stays, and of whom nothing may go (crm/lib/retaining.py)."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from crm.cases.models import Case
from crm.cases.words import RUNNING_STATES
from crm.customers.holdings import GONE
from crm.customers.models import Customer
from crm.lib import retaining
from crm.lib.retaining import Rule
from crm.privacy.files import KEPT
from crm.privacy.held import forget
from crm.privacy.models import ENDED, DataRequest
from crm.staff.words import SIGN_INS_KEPT


def register() -> None:
    retaining.register(
        Rule(
            "requests", _("Requests about data"),
            _("Their words and the reason go; that they asked, when, and what was decided stays."),
            lambda before: DataRequest.objects.filter(state__in=ENDED, decided_at__lt=before).exclude(words=GONE),
            forget, 366, _("The authority may ask how a request was answered."),
        )
    )  # fmt: skip
    retaining.hold(lambda: Customer.objects.exclude(restricted_at=None).values("pk"))
    retaining.hold(lambda: DataRequest.objects.standing().values("customer"))
    retaining.hold(lambda: Case.objects.filter(state__in=RUNNING_STATES).values("customer"))
    retaining.tell(_("Access files"), KEPT.days, _("They are copies; one can be made anew."))
    retaining.tell(_("Lists that were taken out"), settings.EXPORT_DAYS, _("They are copies."))
    retaining.tell(_("Sign-ins of our people"), SIGN_INS_KEPT.days, _("Who had access is looked into by the year."))
    retaining.tell(_("Files of erased people"), 0, _("They leave the disk at once, after a fault within the hour."))
    retaining.tell(
        _("Who saw, revealed and changed what"), None, _("The proof of what was done; nobody can change it.")
    )
    retaining.tell(_("Consents with their proofs"), None, _("We must be able to prove a yes. They go with the person."))
    retaining.tell(
        _("Clocks, states and verdicts of cases"), None, _("The SLA is reported from them; they name nobody.")
    )
