from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "crm.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from crm.cases.actions.taking_back import register_sign_of_work
        from crm.desk import beside, held
        from crm.desk.drafts import being_written
        from crm.desk.handlers import KINDS, UNDONE, notify
        from crm.desk.merged import KINDS as MERGED
        from crm.desk.merged import follow_merge
        from crm.desk.models import CannedReply
        from crm.desk.models.canned import history_visible_to
        from crm.desk.origins import cases_of
        from crm.desk.sources import register_all
        from crm.events.subscribe import subscribe
        from crm.knowledge import tags
        from crm.messaging import origins
        from crm.staff import audit

        subscribe("notifications", notify, kinds=(*KINDS, *UNDONE))
        subscribe("desk-merges", follow_merge, kinds=MERGED)
        origins.register(cases_of)
        register_all()
        tags.register(topics=beside.topics, disturbances=beside.disturbances)
        register_sign_of_work(being_written)
        audit.watch(CannedReply, icon="message-2", narrow=history_visible_to)
        held.register()
