"""E-mails about accounts. A task carries ids and addresses; the secret link is made here and never queued."""

import smtplib
from typing import Any

from celery import shared_task
from django.contrib.auth.tokens import default_token_generator
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from crm.staff import mail
from crm.staff.actions.presence import watch
from crm.staff.models import Invitation, SignIn, User
from crm.staff.tokens import digest, new_token
from crm.staff.words import SIGN_INS_KEPT

RETRY: dict[str, Any] = {
    "autoretry_for": (smtplib.SMTPException, OSError),
    "retry_backoff": 5,
    "retry_backoff_max": 600,
    "max_retries": 8,
}


@shared_task(**RETRY)
def send_invitation(invitation_id: int) -> None:
    """Send the link; sending again makes an earlier link useless."""
    token = new_token()
    waiting = Invitation.objects.open(timezone.now()).filter(pk=invitation_id)
    if waiting.update(token_hash=digest(token)):
        mail.send_invitation(waiting.select_related("invited_by").get(), token)
        waiting.update(sent_at=timezone.now())


@shared_task(**RETRY)
def send_reset_link(email: str, language: str) -> None:
    """Send a link for a new password to whoever has this address; nobody there, nothing sent."""
    user = User.objects.working().filter(email__iexact=email).first()
    if user is not None:
        uid = urlsafe_base64_encode(force_bytes(user.pk))
        mail.send_reset_link(user, uid, default_token_generator.make_token(user), language)


@shared_task
def forget_old_sign_ins() -> int:
    """Drop ended sessions and the log of sign-ins older than SIGN_INS_KEPT; returns the rows of the log dropped."""
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    return SignIn.objects.filter(at__lt=now - SIGN_INS_KEPT).delete()[0]


@shared_task
def watch_presence() -> int:
    """Wrap-ups that are over, people who are gone or idle."""
    return watch()
