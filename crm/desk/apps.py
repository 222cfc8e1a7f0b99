from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "crm.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from crm.desk.handlers import KINDS, notify
        from crm.events.subscribe import subscribe

        subscribe("notifications", notify, kinds=tuple(KINDS))
