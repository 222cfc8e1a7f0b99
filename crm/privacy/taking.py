"""Who took out which list: one that a page hands out at once, and that no Export keeps."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from crm.events.actions import record
from crm.lib.sheets import Sheet


class ListsTaken:
    """Stands in one place for every view, so that no new list is forgotten."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if isinstance(response, Sheet) and request.user.is_authenticated:
            record("export.asked", subject=request.user, by=request.user, source=response.name)
        return response
