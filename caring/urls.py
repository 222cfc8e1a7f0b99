from django.urls import path

from caring.views import working

app_name = "caring"
urlpatterns = [
    path("", working.work, name="work"),
    path("next/", working.take_best, name="work-next"),
    path("work/<int:pk>/", working.task, name="work-task"),
    path("work/<int:pk>/take/", working.take, name="work-take"),
    path("work/<int:pk>/back/", working.back, name="work-back"),
    path("work/<int:pk>/outcome/", working.outcome, name="work-outcome"),
]
