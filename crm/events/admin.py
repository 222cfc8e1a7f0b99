from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin

from crm.events.models import Event, ParkedEvent
from crm.events.subscribe import retry_parked


class ReadOnly(ModelAdmin):
    """What happened is looked at, never typed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Event)
class EventAdmin(ReadOnly):
    list_display = ["id", "at", "kind", "subject_type", "subject_id", "customer_id", "actor_id"]
    list_filter = ["subject_type"]
    search_fields = ["=subject_id", "=customer_id", "=actor_id", "kind"]
    # Counting millions of rows for the footer is not worth the wait.
    show_full_result_count = False


@admin.register(ParkedEvent)
class ParkedEventAdmin(ReadOnly):
    list_display = ["id", "parked_at", "subscriber", "event", "attempts", "error"]
    list_filter = ["subscriber"]
    list_select_related = ["event", "subscriber"]
    actions = ["retry"]

    @admin.action(description=_("Hand to the reader again"))
    def retry(self, request: HttpRequest, queryset: QuerySet[ParkedEvent]) -> None:
        parked = list(queryset.select_related("event").order_by("event__transaction", "event_id"))
        done = sum(retry_parked(one) for one in parked)
        text = ngettext(
            "%(done)d of %(all)d event went through.", "%(done)d of %(all)d events went through.", len(parked)
        )
        messages.info(request, text % {"done": done, "all": len(parked)})
