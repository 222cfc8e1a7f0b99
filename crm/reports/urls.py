from django.urls import path

from crm.reports.views import calls, cases, exports, index, schedules, sla, studies, study_lists, visits

app_name = "reports"
urlpatterns = [
    path("", index.index, name="home"),
    path("sla/", sla.report, name="sla"),
    path("sla/table.<str:suffix>", sla.export, name="sla-export"),
    path("sla/cases/", cases.cases, name="sla-cases"),
    path("sla/cases.<str:suffix>", cases.export, name="sla-cases-export"),
    path("exports/", exports.mine, name="exports"),
    path("exports/new/", exports.new, name="export-new"),
    path("exports/<int:pk>/file/", exports.file, name="export-file"),
    path("exports/<int:pk>/remove/", exports.remove, name="export-remove"),
    path("schedules/", schedules.schedules, name="schedules"),
    path("schedules/new/", schedules.new, name="schedule-new"),
    path("schedules/<int:pk>/", schedules.change, name="schedule"),
    path("schedules/<int:pk>/run/", schedules.run_now, name="schedule-run"),
    path("schedules/<int:pk>/switch/", schedules.switch, name="schedule-switch"),
    path("schedules/<int:pk>/remove/", schedules.remove, name="schedule-remove"),
    path("calls/", calls.report, name="calls"),
    path("calls/table.<str:suffix>", calls.export, name="calls-export"),
    path("visits/", visits.report, name="visits"),
    path("visits/table.<str:suffix>", visits.export, name="visits-export"),
    path("<slug:slug>/", studies.report, name="study"),
    path("<slug:slug>/table.<str:suffix>", studies.export, name="study-export"),
    path("<slug:slug>/list/", study_lists.things, name="study-list"),
    path("<slug:slug>/list.<str:suffix>", study_lists.export, name="study-list-export"),
]
