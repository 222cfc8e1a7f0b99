from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class AdminConfig(DjangoAdminConfig):
    """Django's admin behind our log-in page and our roles."""

    default_site = "crm.staff.admin_site.AdminSite"
