from django.urls import path

from crm.billing.views import loads, value

app_name = "billing"
urlpatterns = [
    path("billing/loads/", loads.loads, name="loads"),
    path("billing/loads/new/", loads.new, name="load-new"),
    path("billing/loads/<int:pk>/", loads.show, name="load"),
    path("billing/loads/<int:pk>/progress/", loads.progress, name="load-progress"),
    path("billing/loads/<int:pk>/begin/", loads.begin, name="load-begin"),
    path("billing/loads/<int:pk>/discard/", loads.discard, name="load-discard"),
    path("billing/loads/<int:pk>/refused.csv", loads.refused, name="load-refused"),
    path("settings/tiers/", value.tiers, name="tiers"),
    path("customers/<int:pk>/tier/", value.override, name="override"),
    path("customers/<int:pk>/tier/free/", value.free, name="free"),
]
