from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "crm.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from crm.cases.handlers import KINDS, answer_ended
        from crm.cases.timer import ClockTimer
        from crm.celery import app
        from crm.events.subscribe import subscribe

        subscribe("cases", answer_ended, kinds=KINDS)
        app.steps["worker"].add(ClockTimer)
