from django.urls import path

from crm.segments.views import measures, segments

app_name = "segments"
urlpatterns = [
    path("segments/", segments.index, name="segments"),
    path("segments/new/", segments.new, name="segment-new"),
    path("segments/row/", segments.row, name="segment-row"),
    path("segments/count/", segments.count, name="segment-count"),
    path("segments/quadrant/", measures.quadrant, name="quadrant"),
    path("segments/<int:pk>/", segments.segment, name="segment"),
    path("segments/<int:pk>/edit/", segments.edit, name="segment-edit"),
    path("segments/<int:pk>/delete/", segments.delete, name="segment-delete"),
    path("segments/<int:pk>/customers.<str:suffix>", segments.export, name="segment-export"),
    path("settings/measures/", measures.weights, name="weights"),
    path("customers/<int:pk>/brought-in/", measures.referred, name="referred"),
]
