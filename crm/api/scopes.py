"""Which scopes a client may ask for: those an administrator gave it."""

from typing import Any

from oauth2_provider.scopes import BaseScopes

from crm.api.models import ApiClient, Scope


class ClientScopes(BaseScopes):
    def get_all_scopes(self) -> dict[str, str]:
        return {str(scope.value): str(scope.label) for scope in Scope}

    def get_available_scopes(self, application: Any = None, *args: Any, **kwargs: Any) -> list[str]:
        client = ApiClient.objects.filter(application=application, revoked_at=None).first()
        return list(client.scopes) if client else []

    get_default_scopes = get_available_scopes
