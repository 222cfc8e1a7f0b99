from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "crm.customers"
    label = "customers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from crm.customers import held
        from crm.customers.models import IdentityDocument, Merge
        from crm.lib import resealing
        from crm.lib.sealed import digest, unseal

        held.register()
        resealing.register(IdentityDocument, lambda paper: {"digest": digest(unseal(paper.sealed)["number"])})
        resealing.register(Merge)
