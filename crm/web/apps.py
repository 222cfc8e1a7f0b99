from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "crm.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from crm.events.subscribe import subscribe
        from crm.messaging import channels
        from crm.web import held
        from crm.web.channel import StatusPage
        from crm.web.handlers import KINDS, tell_the_customer

        channels.register("web", StatusPage())
        subscribe("status-pages", tell_the_customer, kinds=KINDS)
        held.register()
