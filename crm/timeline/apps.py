from django.apps import AppConfig


class TimelineConfig(AppConfig):
    name = "crm.timeline"
    label = "timeline"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from crm.customers import linking
        from crm.staff import channels
        from crm.timeline import held, retained
        from crm.timeline.models import Channel, Interaction

        channels.register(list(Channel.choices))
        linking.register("interactions", lambda move: move.rows("interactions", Interaction.objects.all()))
        held.register()
        retained.register()
