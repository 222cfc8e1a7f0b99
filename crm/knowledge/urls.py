from django.urls import path

from crm.knowledge.views import reading, spelling, writing

app_name = "knowledge"
urlpatterns = [
    path("", reading.articles, name="articles"),
    path("export.<str:suffix>", reading.export, name="export"),
    path("<int:pk>/", reading.article, name="article"),
    path("<int:pk>/judge/", reading.judged, name="judge"),
    path("<int:pk>/checked/", writing.checked, name="checked"),
    path("<int:pk>/off/", writing.off, name="off"),
    path("<int:pk>/edit/", writing.edit, name="edit"),
    path("new/", writing.new, name="new"),
    path("work/", writing.work, name="work"),
    path("versions/<int:pk>/", writing.version, name="version"),
    path("versions/<int:pk>/<slug:how>/", writing.move, name="move"),
    path("spellings/", spelling.spellings, name="spellings"),
    path("spellings/<int:pk>/", spelling.spelling, name="spelling"),
    path("spellings/<int:pk>/drop/", spelling.drop, name="spelling-drop"),
]
