"""API clients: made, given a new secret, shut out. A secret is shown once and kept only as a hash."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from oauth2_provider.generators import generate_client_secret
from oauth2_provider.models import AccessToken, Application

from crm.api.models import ApiClient
from crm.events.actions import record
from crm.staff.models import Team, User


@transaction.atomic
def create_client(
    *,
    name: str,
    scopes: list[str],
    by: User,
    channel: str = "",
    team: Team | None = None,
    requests_per_minute: int = 600,
    at: dt.datetime | None = None,
) -> tuple[ApiClient, str]:
    """The client and its secret in clear, which nobody can read again."""
    secret, at = generate_client_secret(), at or timezone.now()
    application = Application.objects.create(
        name=name,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
        client_secret=secret,
    )
    client = ApiClient.objects.create(
        application=application,
        name=name,
        scopes=scopes,
        channel=channel,
        team=team,
        requests_per_minute=requests_per_minute,
        created_at=at,
        created_by=by,
        secret_changed_at=at,
    )
    record("api_client.created", subject=client, by=by, at=at, scopes=scopes)
    return client, secret


@transaction.atomic
def rotate_secret(*, client: ApiClient, by: User, at: dt.datetime | None = None) -> str:
    """A new secret, in clear; the old one and every token got with it stop at once. Raises ApiClient.DoesNotExist
    for a client that has been revoked."""
    client = ApiClient.objects.select_for_update().get(pk=client.pk, revoked_at=None)
    client.secret_changed_at = at or timezone.now()
    client.save(update_fields=["secret_changed_at"])
    record("api_client.secret_rotated", subject=client, by=by, at=client.secret_changed_at)
    return _shut_out(client)


@transaction.atomic
def revoke_client(*, client: ApiClient, by: User, at: dt.datetime | None = None) -> ApiClient:
    """Shut the client out for good. Revoking twice changes nothing."""
    client = ApiClient.objects.select_for_update().get(pk=client.pk)
    if client.revoked_at is None:
        client.revoked_at = at or timezone.now()
        client.save(update_fields=["revoked_at"])
        _shut_out(client)
        record("api_client.revoked", subject=client, by=by, at=client.revoked_at)
    return client


def _shut_out(client: ApiClient) -> str:
    """Replace the secret and drop the tokens."""
    secret = generate_client_secret()
    client.application.client_secret = secret
    client.application.save()
    AccessToken.objects.filter(application=client.application).delete()
    return secret
