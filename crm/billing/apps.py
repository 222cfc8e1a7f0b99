from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "crm.billing"
    label = "billing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from crm.billing import held, retained
        from crm.billing.handlers import KINDS, lines_changed_hands
        from crm.billing.models import TierScale
        from crm.billing.moving import register_movers
        from crm.events.subscribe import subscribe
        from crm.staff import audit

        subscribe("billing-tiers", lines_changed_hands, kinds=KINDS)
        register_movers()
        held.register()
        retained.register()
        audit.watch(TierScale, icon="stack-2", action="tier.edit")
