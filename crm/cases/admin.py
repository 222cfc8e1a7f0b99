"""Categories: a list and a form are enough. What is no longer used is switched off, never deleted: cases name it."""

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from crm.cases.models import Category


@admin.register(Category)
class CategoryAdmin(ModelAdmin):
    list_display = ["name", "name_en", "parent", "kind", "division", "position", "is_active"]
    list_editable = ["position", "is_active"]
    list_filter = ["is_active", "kind", "division"]
    list_select_related = ["parent", "division"]
    search_fields = ["name", "name_en", "code"]
    prepopulated_fields = {"code": ["name"]}

    def has_delete_permission(self, request: HttpRequest, obj: Category | None = None) -> bool:
        return False
