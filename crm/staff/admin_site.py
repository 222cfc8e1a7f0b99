"""The admin, for what a list and a form are enough for: dressed by django-unfold, opened to administrators."""

from collections.abc import Callable
from typing import Any

from csp.decorators import csp_update
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django_otp import user_has_device
from unfold.sites import UnfoldAdminSite

from crm.staff.access import may

# Unfold is built on Alpine.js, which evaluates expressions, and sets style attributes: allowed on these pages alone.
LOOSER = {"script-src": ["'self'", "'unsafe-inline'", "'unsafe-eval'"], "style-src": ["'self'", "'unsafe-inline'"]}


class AdminSite(UnfoldAdminSite):
    def has_permission(self, request: HttpRequest) -> bool:
        """An administrator, and through the second step if they have one."""
        user = request.user
        return may(user, "admin.open") and (user.is_verified() or not user_has_device(user))  # type: ignore[union-attr]

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Any:
        return csp_update(LOOSER)(super().admin_view(view, cacheable))

    def login(self, request: HttpRequest, _extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """One log-in page for everything: it counts failures, asks for the second step and writes the log."""
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))
