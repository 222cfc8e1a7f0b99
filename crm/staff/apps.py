from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    name = "crm.staff"
    label = "staff"
    verbose_name = _("Staff")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.urls import reverse

        from crm.staff import audit
        from crm.staff.history import ACTS
        from crm.staff.models import Division, Office, Skill, Team, User

        for model, icon in ((Team, "users"), (Division, "building"), (Office, "building-store"), (Skill, "star")):
            audit.watch(model, icon=icon)
        audit.watch(User, icon="user", action="staff.history", url=lambda pk: reverse("staff:person", args=[pk]))
        acts = ACTS | {"staff.invited": _("Invited"), "staff.invitation_withdrawn": _("Invitation withdrawn")}
        audit.tell(acts, subject=_("Security of accounts"), icon="shield-check", action="staff.history")
