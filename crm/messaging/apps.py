from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagingConfig(AppConfig):
    name = "crm.messaging"
    label = "messaging"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Adapters know Message, and models can be read only now.
        from crm.customers import linking
        from crm.events.subscribe import subscribe
        from crm.lib import resealing
        from crm.lib.backup import after_restore
        from crm.messaging import channels, held, retained
        from crm.messaging.channels.email import Email
        from crm.messaging.channels.letter import OnPaper
        from crm.messaging.channels.logged import Logged
        from crm.messaging.channels.sms import Sms
        from crm.messaging.handlers import KINDS, doubt_the_contact
        from crm.messaging.locked import tell_locked_connections
        from crm.messaging.models import Connection, Message
        from crm.staff import audit

        subscribe("doubtful-contacts", doubt_the_contact, kinds=KINDS)
        after_restore("connections", tell_locked_connections)
        channels.register("email", Email())
        linking.register("messages", lambda move: move.rows("messages", Message.objects.all()))
        channels.register("letter", OnPaper())
        channels.register("sms", Sms())
        for code in ("call", "counter", "ivr"):
            channels.register(code, Logged())
        audit.watch(Connection, icon="plug-connected")
        # The history keeps no secrets; this says that some were changed.
        acts = {"connection.changed": _("Settings or secrets changed")}
        audit.tell(acts, subject=_("Settings of channels"), icon="plug")
        held.register()
        retained.register()
        resealing.register(Connection)
