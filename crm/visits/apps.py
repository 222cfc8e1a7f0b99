from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "crm.visits"
    label = "visits"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from crm.customers import linking
        from crm.staff import audit
        from crm.visits import held, retained
        from crm.visits.models import Visit, WaitRule

        linking.register("visits", lambda move: move.rows("visits", Visit.objects.all()))
        held.register()
        retained.register()
        audit.watch(WaitRule, icon="hourglass")
