from django.urls import include, path, re_path
from oauth2_provider.views import RevokeTokenView, TokenView

from crm.api import clients
from crm.api.docs import Docs, Schema
from crm.api.unknown import Unknown

app_name = "api"
urlpatterns = [
    path("clients/", clients.clients, name="clients"),
    path("clients/new/", clients.new_client, name="new-client"),
    path("clients/<int:pk>/rotate/", clients.rotate, name="rotate"),
    path("clients/<int:pk>/revoke/", clients.revoke, name="revoke"),
    re_path(r"^oauth/token/?$", TokenView.as_view(), name="token"),
    re_path(r"^oauth/revoke/?$", RevokeTokenView.as_view(), name="revoke-token"),
    path("schema/", Schema.as_view(), name="schema"),
    path("docs/", Docs.as_view(), name="docs"),
    path("v1/", include("crm.api.v1.urls")),
    re_path(r"^v1/", Unknown.as_view()),
]
