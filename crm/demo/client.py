"""The API client of the demo: a call centre's telephone system that opens cases over REST."""

from oauth2_provider.models import Application

from crm.api.models import ApiClient, Scope
from crm.demo.people import Cast
from crm.timeline.models import Channel

CLIENT_ID, CLIENT_SECRET = "demo-call-centre", "demo-secret-for-nobody-else"
NAME = "Sistem telepon Pusat Panggilan"


def register_client(cast: Cast) -> ApiClient:
    """Its secret is known to everybody: the demo refuses production."""
    application = Application.objects.create(
        name=NAME,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
    )
    return ApiClient.objects.create(
        application=application,
        name=NAME,
        scopes=list(Scope.values),
        channel=Channel.CALL,
        created_by=cast.users["yosef"],
    )
