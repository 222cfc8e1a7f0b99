from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "crm.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from crm.cases import held
        from crm.cases.actions.proving import move_cases
        from crm.cases.handlers import GONE, KINDS, answer_ended, give_back_cases
        from crm.cases.intake.email import take_mail
        from crm.cases.intake.sms import take_sms
        from crm.cases.knock import knock_to_hand_out
        from crm.cases.models import Category, Cause, ReviewRule
        from crm.cases.timer import ClockTimer
        from crm.celery import app
        from crm.customers import linking
        from crm.events.subscribe import subscribe
        from crm.messaging import arrivals
        from crm.staff import audit
        from crm.staff.actions.presence import register_on_available

        subscribe("cases", answer_ended, kinds=KINDS)
        subscribe("cases-of-the-gone", give_back_cases, kinds=GONE)
        arrivals.register("email", take_mail)
        arrivals.register("sms", take_sms)
        linking.register("cases", move_cases)
        register_on_available(knock_to_hand_out)
        app.steps["worker"].add(ClockTimer)
        audit.watch(Category, icon="tag")
        audit.watch(Cause, icon="alert-octagon")
        audit.watch(ReviewRule, icon="calendar-time")
        policy_acts = {
            "policy.drafted": _("Draft begun"),
            "policy.saved": _("Draft saved"),
            "policy.published": _("Published"),
            "policy.discarded": _("Draft thrown away"),
        }
        audit.tell(policy_acts, subject=_("SLA policy"), icon="clock")
        held.register()
