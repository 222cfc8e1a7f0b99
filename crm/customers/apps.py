from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "crm.customers"
    label = "customers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.urls import reverse

        from crm.customers import held
        from crm.customers.lines.catalogue import read
        from crm.customers.models import IdentityDocument, LineRule, Merge
        from crm.lib import resealing
        from crm.lib.sealed import digest, unseal
        from crm.staff import audit

        held.register()
        resealing.register(IdentityDocument, lambda paper: {"digest": digest(unseal(paper.sealed)["number"])})
        resealing.register(Merge)
        audit.watch(LineRule, icon="hourglass")
        audit.tell(
            {"product.added": _("Added"), "product.changed": _("Changed")}, subject=_("Product"), icon="device-mobile",
            url=lambda event: reverse("desk:product", args=[event.facts["product"]]), read=read,
        )  # fmt: skip
