from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "crm.privacy"
    label = "privacy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from crm.customers import linking
        from crm.lib import resealing
        from crm.lib.backup import after_restore
        from crm.privacy import held, ledger, retained
        from crm.privacy.models import AccessFile, DataRequest

        linking.register("privacy", lambda move: move.rows("data_requests", DataRequest.objects.all()))
        after_restore("erasures", ledger.erase_again)
        held.register()
        retained.register()
        resealing.register(AccessFile)
