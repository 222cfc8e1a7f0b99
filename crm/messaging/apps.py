from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "crm.messaging"
    label = "messaging"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Adapters know Message, and models can be read only now.
        from crm.messaging import channels
        from crm.messaging.channels.email import Email
        from crm.messaging.channels.letter import OnPaper
        from crm.messaging.channels.logged import Logged

        channels.register("email", Email())
        channels.register("letter", OnPaper())
        for code in ("call", "counter", "ivr"):
            channels.register(code, Logged())
