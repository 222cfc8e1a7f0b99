"""Places, for which a list and a form are enough; people are only looked up here and changed on /staff/people/."""

from typing import Any

import pghistory
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from unfold.admin import ModelAdmin

from crm.staff.models import Division, Office, Team, User

# Groups are not used (access.py decides), and the pages of the devices would show their secrets.
for model in (Group, TOTPDevice, StaticDevice):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class PlaceAdmin(ModelAdmin):
    """The history of a place names who changed it."""

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        with pghistory.context(by=request.user.pk):
            super().save_model(request, obj, form, change)


@admin.register(Division)
class DivisionAdmin(PlaceAdmin):
    list_display = ["name", "name_en", "code"]
    search_fields = ["name", "name_en", "code"]


@admin.register(Office)
class OfficeAdmin(PlaceAdmin):
    list_display = ["name", "region", "time_zone", "code"]
    list_filter = ["region", "time_zone"]
    search_fields = ["name", "code", "region"]


@admin.register(Team)
class TeamAdmin(PlaceAdmin):
    list_display = ["name", "channels", "office", "position", "code"]
    list_select_related = ["office"]
    search_fields = ["name", "code"]


@admin.register(User)
class UserAdmin(ModelAdmin):
    list_display = ["name", "username", "role", "team", "is_active"]
    list_filter = ["role", "teams", "is_active"]
    list_select_related = ["team"]
    search_fields = ["name", "username", "email", "staff_number"]
    fields = ["name", "username", "email", "staff_number", "role", "teams", "division", "office", "is_active"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def get_view_on_site_url(self, obj: User | None = None) -> str | None:
        return reverse("staff:person", args=[obj.pk]) if obj else None
