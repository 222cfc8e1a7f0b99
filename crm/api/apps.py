from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "crm.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from crm.api import (
            held,
            schema,  # noqa: F401  # registers its extensions
        )
        from crm.api.models import ApiClient
        from crm.staff import audit

        audit.watch(ApiClient, icon="api", action="api.manage")
        held.register()
