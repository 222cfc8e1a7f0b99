"""What the audit says of changes to the programme (crm/staff/audit.py)."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from caring.differing import NAMES
from caring.models import ContactPolicy
from crm.events.models import Event
from crm.staff import audit
from crm.staff.audit import Change

CHANGES = {
    "caring.stage_changed": pgettext_lazy("caring", "Changed"),
    "caring.stage_switched_on": pgettext_lazy("caring", "Switched on"),
    "caring.stage_switched_off": pgettext_lazy("caring", "Switched off"),
}


def register() -> None:
    audit.watch(ContactPolicy, icon="heart-handshake", action="caring.edit", url=lambda _pk: reverse("caring:policy"))
    audit.tell(
        CHANGES, subject=gettext_lazy("Stage of the programme"), icon="heart-handshake", action="caring.edit",
        url=lambda event: reverse("caring:stage", args=[event.subject_id]), read=read,
    )  # fmt: skip


def read(event: Event) -> tuple[str, list[Change]]:
    """'caring-13 v3', what was changed, and why."""
    version = event.facts.get("version")
    title = f"caring-{event.subject_id}" + (f" v{version}" if version else "")
    fields = ", ".join(str(NAMES[name]) for name in event.facts.get("fields", []) if name in NAMES)
    changes = [Change(_("fields"), "", fields)] if fields else []
    return title, [*changes, Change(_("reason"), "", event.facts.get("reason", ""))]
