from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "crm.calls"
    label = "calls"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from crm.calls import held, retained
        from crm.calls.actions.presence import owes_wrap_up
        from crm.calls.models import Call, CallReason, WrapUpRule
        from crm.customers import linking
        from crm.staff import audit
        from crm.staff.actions.presence import register_wrap_up

        linking.register("calls", lambda move: move.rows("calls", Call.objects.all()))
        register_wrap_up(owes_wrap_up)
        audit.watch(CallReason, icon="phone")
        audit.watch(WrapUpRule, icon="hourglass")
        held.register()
        retained.register()
