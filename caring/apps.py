from django.apps import AppConfig


class CaringConfig(AppConfig):
    name = "caring"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from caring import asking, held, telling
        from caring.effect.exporting import register_sources
        from caring.handlers import BEGIN, END, begin_load, begin_tasks, end_tasks
        from caring.listing import register_source
        from caring.models import EffectRule
        from caring.moving import register_movers
        from caring.policy import messages_a_minute
        from caring.sending import hear_of_message
        from crm.events.subscribe import subscribe
        from crm.messaging import pacing
        from crm.staff import audit

        asking.register()
        held.register()
        register_movers()
        pacing.register(messages_a_minute)
        register_source()
        register_sources()
        audit.watch(EffectRule, icon="heart-handshake")
        telling.register()
        subscribe("caring-begin", begin_tasks, kinds=BEGIN)
        subscribe("caring-loads", begin_load, kinds=("billing.loaded",))
        subscribe("caring-messages", hear_of_message, kinds=("message.sent", "message.failed", "message.suppressed"))
        subscribe("caring-end", end_tasks, kinds=END)
