from django.urls import path
from django.views.generic import RedirectView

from crm.reports.views import cases, sla

app_name = "reports"
urlpatterns = [
    path("", RedirectView.as_view(pattern_name="reports:sla"), name="home"),
    path("sla/", sla.report, name="sla"),
    path("sla/table.<str:suffix>", sla.export, name="sla-export"),
    path("sla/cases/", cases.cases, name="sla-cases"),
    path("sla/cases.<str:suffix>", cases.export, name="sla-cases-export"),
]
