"""Fields and bodies that say plainly what is wrong."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from crm.cases.actions.locking import TOLERANCE
from crm.staff.models import User

OLDEST = dt.timedelta(days=30)


class Body(serializers.Serializer[Any]):
    """A request's body. An unknown field is refused by name: a misspelt one must not be dropped in silence."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := sorted(set(data) - set(self.fields))):
            said = [ErrorDetail(str(_("There is no such field.")), code="unknown")]
            raise serializers.ValidationError(dict.fromkeys(unknown, said))
        return super().to_internal_value(data)


class Moment(serializers.DateTimeField):
    """A time with its offset from UTC."""

    default_error_messages = {"invalid": _("Write a time with its offset, such as 2026-11-22T09:30:00+07:00.")}

    def enforce_timezone(self, value: dt.datetime) -> dt.datetime:
        """Indonesia has three clocks: a time without an offset could be any of them."""
        if value.tzinfo is None:
            self.fail("invalid")
        return value


class Past(Moment):
    """When something took place: not in the future, at most 30 days ago."""

    default_error_messages = {
        "future": _("The time lies in the future."),
        "too_old": _("The time lies more than 30 days back."),
    }

    def to_internal_value(self, value: Any) -> dt.datetime:
        at, now = super().to_internal_value(value), timezone.now()
        if at > now + TOLERANCE:
            self.fail("future")
        if at < now - OLDEST:
            self.fail("too_old")
        return at


class Coming(Moment):
    """A time agreed for later."""

    default_error_messages = {"past": _("The time has passed.")}

    def to_internal_value(self, value: Any) -> dt.datetime:
        at = super().to_internal_value(value)
        if at <= timezone.now():
            self.fail("past")
        return at


class StaffNumber(serializers.SlugRelatedField[User]):
    """The member of staff who did it."""

    default_error_messages = {"does_not_exist": _("Nobody at work has the staff number {value}.")}

    def __init__(self, **options: Any) -> None:
        working = User.objects.filter(is_active=True)
        super().__init__(slug_field="staff_number", queryset=working, **options)


class Code(serializers.SlugRelatedField[Any]):
    """A row by its code."""

    default_error_messages = {"does_not_exist": _("There is no {value} here.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(slug_field="code", **options)
