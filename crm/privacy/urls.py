from django.urls import path

from crm.privacy.views import looks, requests, retention

app_name = "privacy"
urlpatterns = [
    path("privacy/looks/", looks.looks, name="looks"),
    path("privacy/retention/", retention.overview, name="retention"),
    path("privacy/retention/<slug:kind>/", retention.one, name="retention-kind"),
    path("privacy/looks.csv", looks.export, name="looks-export"),
    path("customers/<int:pk>/requests/new/", requests.ask, name="ask"),
    path("privacy/requests/", requests.requests, name="requests"),
    path("privacy/requests/<int:pk>/", requests.one, name="request"),
    path("privacy/requests/<int:pk>/file/", requests.file_state, name="file"),
    path("privacy/requests/<int:pk>/file/make/", requests.make_file, name="file-make"),
    path("privacy/requests/<int:pk>/file/download/", requests.download, name="file-download"),
]
