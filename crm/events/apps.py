from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "crm.events"
    label = "events"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from crm.events.adopt import adopt_events
        from crm.lib.backup import after_restore

        after_restore("events", lambda: f"{adopt_events()} events adopted")
