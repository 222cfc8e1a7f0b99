from django.apps import AppConfig


class SegmentsConfig(AppConfig):
    name = "crm.segments"
    label = "segments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from crm.segments import held, sources
        from crm.segments.models import Measure, Segment
        from crm.segments.moving import register_movers
        from crm.staff import audit

        held.register()
        register_movers()
        sources.register_sources()
        audit.watch(Measure, icon="chart-bar", action="measure.edit")
        audit.watch(Segment, icon="filter", action="segment.share")
