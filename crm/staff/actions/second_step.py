import datetime as dt

from django.db import transaction
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from crm.events.actions import record
from crm.staff.actions.people import end_sessions
from crm.staff.errors import WrongCode
from crm.staff.models import User

RECOVERY_CODES = 10


@transaction.atomic
def begin_second_step(*, user: User) -> TOTPDevice:
    """The device to be confirmed; the same until then, so that reloading the page keeps a scanned code good."""
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    device, _ = TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": "Authenticator"})
    return device


@transaction.atomic
def confirm_second_step(*, user: User, token: str, at: dt.datetime | None = None) -> tuple[TOTPDevice, list[str]]:
    """Switch the second step on with a first code; returns the device and the recovery codes, shown this once.

    Every session of the user ends: they were begun without it. Raises WrongCode.
    """
    device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False).first()
    if device is None or not device.verify_token(token):
        raise WrongCode
    TOTPDevice.objects.filter(user=user, confirmed=True).delete()
    device.confirmed = True
    device.save()
    codes = _new_recovery_codes(user)
    record("staff.second_step_added", subject=user, by=user, at=at)
    end_sessions(person=user, by=user, at=at)
    return device, codes


def _new_recovery_codes(user: User) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="Recovery codes")
    codes = [StaticToken.random_token() for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create([StaticToken(device=device, token=code) for code in codes])
    return codes
