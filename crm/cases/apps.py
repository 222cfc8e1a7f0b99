from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "crm.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from crm.cases.handlers import GONE, KINDS, answer_ended, give_back_cases
        from crm.cases.timer import ClockTimer
        from crm.celery import app
        from crm.events.subscribe import subscribe

        subscribe("cases", answer_ended, kinds=KINDS)
        subscribe("cases-of-the-gone", give_back_cases, kinds=GONE)
        app.steps["worker"].add(ClockTimer)
