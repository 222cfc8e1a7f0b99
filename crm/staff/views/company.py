"""The company's own sign-on (OpenID Connect), answered with our session, second step and log."""

import logging
from typing import Any

import jwt
import requests
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from mozilla_django_oidc.views import OIDCAuthenticationCallbackView, OIDCAuthenticationRequestView

from crm.staff.entrance import come_in, log, safe_next
from crm.staff.models import SignInMethod, SignInOutcome

logger = logging.getLogger(__name__)


class IfSetUp:
    """Nobody there unless the OIDC_ settings are given."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.OIDC_RP_CLIENT_ID:
            raise Http404
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class Begin(IfSetUp, OIDCAuthenticationRequestView):
    pass


class Return(IfSetUp, OIDCAuthenticationCallbackView):
    """Where the provider sends people back to."""

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            return super().get(request)
        except (SuspiciousOperation, requests.RequestException, jwt.PyJWTError) as error:
            logger.warning("company sign-on failed: %s", type(error).__name__)
            return self.login_failure()

    def login_success(self) -> HttpResponse:
        target = safe_next(self.request, self.request.session.get("oidc_login_next"))
        return come_in(self.request, self.user, target=target, method=SignInMethod.COMPANY)

    def login_failure(self) -> HttpResponse:
        log(self.request, None, SignInOutcome.UNKNOWN, SignInMethod.COMPANY)
        messages.error(self.request, _("You cannot sign in here with this company account. Ask your administrator."))
        return redirect("staff:login")
