"""The toolkit's own admin pages would show and edit credentials: clients are managed on /api/clients/ alone."""

from django.contrib import admin
from oauth2_provider.models import AccessToken, Application, Grant, IDToken, RefreshToken

for model in (AccessToken, Application, Grant, IDToken, RefreshToken):
    if admin.site.is_registered(model):
        admin.site.unregister(model)
