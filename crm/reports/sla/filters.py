"""What a report is about: whose cases, of which time, seen by whom. Plain data; the URL and the command make it."""

import datetime as dt
from dataclasses import dataclass, replace

ARCHIVE_MARGIN = dt.timedelta(hours=4)


@dataclass(frozen=True)
class Archive:
    """A replayed archive. `end` is its last row's time: what happened after it is not known."""

    network: str
    account: str
    end: dt.datetime
    margin: dt.timedelta = ARCHIVE_MARGIN


@dataclass(frozen=True)
class Filters:
    """Live cases unless an archive is chosen. `since` is included, `until` not; `at` is the moment of counting."""

    at: dt.datetime
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    archive: Archive | None = None
    account: str = ""
    channel: str = ""
    team: int | None = None
    category: int | None = None
    tier: str = ""
    kind: str = ""
    priority: str = ""
    tag: str = ""
    time_zone: str = "Asia/Jakarta"
    only_teams: tuple[int, ...] | None = None

    def between(self, since: dt.datetime, until: dt.datetime) -> "Filters":
        """The same question about another time."""
        return replace(self, since=since, until=until)
