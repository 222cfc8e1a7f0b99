"""The two e-mails of this room, plain text, in the language of whoever reads them."""

from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from crm.staff.models import Invitation, User


def send_invitation(invitation: Invitation, token: str) -> None:
    link = settings.SITE_URL + reverse("staff:accept", args=[token])
    context = {"invitation": invitation, "link": link, "until": timezone.localtime(invitation.expires_at)}
    _send("invitation", invitation.email, invitation.language, context)


def send_reset_link(user: User, uid: str, token: str, language: str) -> None:
    link = settings.SITE_URL + reverse("staff:password_new", args=[uid, token])
    minutes = settings.PASSWORD_RESET_TIMEOUT // 60
    _send("reset", user.email, user.language or language, {"person": user, "link": link, "minutes": minutes})


def _send(name: str, to: str, language: str, context: dict[str, Any]) -> None:
    """The template's first line is the subject."""
    with translation.override(language):
        text = render_to_string(f"staff/mail/{name}.txt", context).strip()
    subject, _, body = text.partition("\n")
    send_mail(subject.strip(), body.strip() + "\n", settings.DEFAULT_FROM_EMAIL, [to])
