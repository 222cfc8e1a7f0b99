"""For views: only signed-in people whose role allows the action."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase

from crm.staff.access import require
from crm.staff.models import User

View = Callable[..., HttpResponseBase]


class StaffRequest(HttpRequest):
    """What a guarded view is given: somebody is signed in."""

    user: User


def allowed(action: str) -> Callable[[View], View]:
    """Strangers are asked to sign in; the others need a role that may do `action` (crm/staff/access.py)."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            require(request.user, action)
            return view(request, *args, **kwargs)

        return login_required(guarded)

    return guard
