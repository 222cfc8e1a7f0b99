from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "crm.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from crm.cases.handlers import answer_was_refused
        from crm.cases.timer import ClockTimer
        from crm.celery import app
        from crm.events.subscribe import subscribe

        subscribe("cases", answer_was_refused, kinds=("message.failed",))
        app.steps["worker"].add(ClockTimer)
