"""Where each room's pages hang."""

from django.contrib import admin
from django.urls import include, path

from crm.lib.observe import probes
from crm.reports.metrics import metrics

urlpatterns = [
    path("healthz", probes.alive, name="healthz"),
    path("readyz", probes.ready, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("admin/", admin.site.urls),
    # Each of these is passed by at the cost of one comparison, the others at that of all their addresses.
    path("api/", include("crm.api.urls")),
    path("caring/", include("caring.urls")),
    path("knowledge/", include("crm.knowledge.urls")),
    path("reports/", include("crm.reports.urls")),
    path("social/", include("social.urls")),
    path("", include("crm.staff.urls")),
    path("", include("crm.billing.urls")),
    path("", include("crm.customers.urls")),
    path("", include("crm.segments.urls")),
    path("", include("crm.privacy.urls")),
    path("", include("crm.desk.urls")),
    path("", include("crm.messaging.urls")),
    path("", include("crm.web.urls")),
]
