from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "crm.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from crm.desk.handlers import KINDS, notify
        from crm.desk.origins import cases_of
        from crm.events.subscribe import subscribe
        from crm.messaging import origins

        subscribe("notifications", notify, kinds=tuple(KINDS))
        origins.register(cases_of)
