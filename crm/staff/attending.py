"""Signs of people: that somebody acted, that their page is open. Cheap, and told to nobody."""

import datetime as dt
from collections.abc import Collection

from django.db import connection

NOTE = """
INSERT INTO staff_attendance (user_id, {sign}) SELECT id, %s FROM staff_user WHERE id = ANY(%s)
ON CONFLICT (user_id) DO UPDATE SET {sign} = excluded.{sign}
"""


def note_act(user_id: int, at: dt.datetime) -> None:
    """They pressed or typed something; the pages call it at most once a minute."""
    _note("acted_at", [user_id], at)


def note_present(user_ids: Collection[int], at: dt.datetime) -> None:
    """Their page is open; the live process calls it for everybody who listens, in one statement."""
    _note("present_at", user_ids, at)


def note_given(user_id: int, at: dt.datetime) -> None:
    """They were given a case, or took one."""
    _note("given_at", [user_id], at)


def _note(sign: str, user_ids: Collection[int], at: dt.datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(NOTE.format(sign=sign), [at, sorted(user_ids)])
