from django.urls import path

from social import hooks, views

app_name = "social"
urlpatterns = [
    path("hooks/x/<str:hook>/", hooks.x_hook, name="x-hook"),
    path("imports/", views.imports, name="imports"),
    path("imports/new/", views.new, name="import-new"),
    path("imports/<int:pk>/", views.show, name="import"),
    path("imports/<int:pk>/progress/", views.progress, name="import-progress"),
    path("imports/<int:pk>/begin/", views.begin, name="import-begin"),
    path("imports/<int:pk>/discard/", views.discard, name="import-discard"),
    path("imports/<int:pk>/refused.csv", views.refused, name="import-refused"),
]
