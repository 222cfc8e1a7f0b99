from django.apps import AppConfig


class CaringConfig(AppConfig):
    name = "caring"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from caring.handlers import BEGIN, END, begin_tasks, end_tasks
        from crm.events.subscribe import subscribe

        subscribe("caring-begin", begin_tasks, kinds=BEGIN)
        subscribe("caring-end", end_tasks, kinds=END)
