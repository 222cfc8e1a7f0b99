"""How long contacts and their files are kept (crm/lib/retaining.py)."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from crm.lib import retaining
from crm.lib.retaining import Rule
from crm.timeline.held import forget_texts, take_files
from crm.timeline.models import Attachment, Interaction

REVIEWED = _("A year's answers are looked into and reported.")


def register() -> None:
    retaining.register(
        Rule(
            "contacts", _("What was said in contacts"),
            _("Text, subject and thread go; that there was a contact, when and on which channel, stays."),
            lambda before: Interaction.objects.filter(at__lt=before).filter(~Q(text="") | ~Q(subject="") | ~Q(html="")),
            _forget, 366, REVIEWED,
        )
    )  # fmt: skip
    retaining.register(
        Rule(
            "files", _("Files of contacts"), _("The files go, wherever they lie."),
            lambda before: Attachment.objects.filter(interaction__at__lt=before), take_files, 90,
            _("Problems and reviews of a quarter look at them."), "interaction__customer",
        )
    )  # fmt: skip
    retaining.tell(_("Uploads whose answer was never sent"), 7, _("They belong to nothing."))


def _forget(rows: QuerySet[Interaction]) -> list[str]:
    forget_texts(rows)
    return []
