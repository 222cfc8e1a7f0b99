from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "crm.visits"
    label = "visits"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from crm.customers import linking
        from crm.visits import held, retained
        from crm.visits.models import Visit

        linking.register("visits", lambda move: move.rows("visits", Visit.objects.all()))
        held.register()
        retained.register()
