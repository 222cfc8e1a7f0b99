from django.apps import AppConfig


class CaringConfig(AppConfig):
    name = "caring"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from caring import held
        from caring.handlers import BEGIN, END, begin_tasks, end_tasks
        from caring.models import ContactPolicy
        from caring.moving import register_movers
        from caring.sending import hear_of_message
        from crm.events.subscribe import subscribe
        from crm.staff import audit

        held.register()
        register_movers()
        audit.watch(ContactPolicy, icon="heart-handshake", action="caring.edit")
        subscribe("caring-begin", begin_tasks, kinds=BEGIN)
        subscribe("caring-messages", hear_of_message, kinds=("message.sent", "message.failed", "message.suppressed"))
        subscribe("caring-end", end_tasks, kinds=END)
