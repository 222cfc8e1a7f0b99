"""Django's sessions in the database, which know when they began and when they were last used."""

import datetime as dt

from django.contrib.sessions.backends import db
from django.utils import timezone

BEGUN, SEEN = "begun_at", "seen_at"
# A session is written at most once a minute only to say that it is in use.
GRAIN = dt.timedelta(minutes=1)


class SessionStore(db.SessionStore):
    def cycle_key(self) -> None:
        """Signing in gives a session a new key; its two limits count from there."""
        super().cycle_key()
        self.begin(timezone.now())

    def begin(self, at: dt.datetime) -> None:
        self[BEGUN] = self[SEEN] = at.timestamp()

    def touch(self, at: dt.datetime) -> bool:
        """True when it was written: at most once a minute."""
        is_due = at.timestamp() - self[SEEN] >= GRAIN.total_seconds()
        if is_due:
            self[SEEN] = at.timestamp()
        return bool(is_due)

    def has_begun(self) -> bool:
        return BEGUN in self

    def age(self, at: dt.datetime) -> dt.timedelta:
        return dt.timedelta(seconds=at.timestamp() - self[BEGUN])

    def idle(self, at: dt.datetime) -> dt.timedelta:
        return dt.timedelta(seconds=at.timestamp() - self[SEEN])
