"""The channel "web": an answer is put on the case's status page, and a notice without its text goes out
(handlers.py). Nothing is handed to a network here.
"""

from django.db.models import Exists
from django.utils.translation import gettext_lazy as _

from crm.cases.models import CaseInteraction
from crm.messaging.channels import Adapter, Permanent, Sent, Standing
from crm.messaging.models import Message
from crm.timeline.models import Channel, Direction, Interaction
from crm.web.links import link_to


class StatusPage(Adapter):
    can_attach = True
    repeatable = True
    own_addresses = True

    def address_of(self, *, case: int) -> str:
        """Where the customer wrote by the form or on the page, and the link still works."""
        wrote = Interaction.objects.filter(in_case__case=case, channel=Channel.WEB, direction=Direction.IN)
        link = link_to(case, Exists(wrote))
        return f"#{link.case.number}" if link else ""

    def standing(self, *, account: str, recipient: str, reply_to: str, is_public: bool) -> Standing:
        return Standing(said=_(
            "Appears on the status page. Who holds the link filled in the form: nobody has proven who that is."
        ))  # fmt: skip

    def send(self, message: Message) -> Sent:
        entry = CaseInteraction.objects.filter(interaction=message.interaction_id).first()
        if entry is None or not self.address_of(case=entry.case_id):
            raise Permanent("no status link")
        return Sent()
