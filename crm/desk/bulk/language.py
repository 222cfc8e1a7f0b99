"""What a job says is kept in the language of whoever started it: nobody else reads it."""

from contextlib import AbstractContextManager

from django.conf import settings
from django.utils import translation

from crm.staff.models import User


def in_language_of(user: User) -> AbstractContextManager[None]:
    return translation.override(user.language or settings.LANGUAGE_CODE)
