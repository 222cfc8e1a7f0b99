"""The canned replies that the demo's people have written, and how often they have used them."""

import datetime as dt
import random
import tomllib
from pathlib import Path
from typing import Any

from crm.demo.people import Cast
from crm.desk.canned.actions import keep_reply
from crm.desk.models import CannedReply, CannedUse
from crm.desk.models.view import Sharing

TEXTS = tomllib.loads((Path(__file__).parent / "canned.toml").read_text())["reply"]
OFTEN = 60


def write_replies(cast: Cast, rng: random.Random, now: dt.datetime) -> None:
    """The supervisor's for everybody and for teams, and one of an agent's own."""
    replies = [_write(text, cast) for text in TEXTS]
    uses = [
        CannedUse(user=user, reply=reply, times=rng.randint(1, OFTEN), last_at=now)
        for reply in replies
        for user in cast.agents_of("social")
        if reply.owner_id in (None, user.pk) and reply.team_id in (None, user.team_id)
    ]
    CannedUse.objects.bulk_create(rng.sample(uses, len(uses) * 2 // 3))


def _write(text: dict[str, Any], cast: Cast) -> CannedReply:
    team, owner = cast.teams.get(text.get("team", "")), cast.users.get(text.get("by", ""))
    sharing = Sharing.TEAM if team else Sharing.OWN if owner else Sharing.ALL
    reply = CannedReply(
        shortcut=text["shortcut"], title=text["title"], text=text["text"], language=text.get("language", "id"),
        sharing=sharing, team=team,
    )  # fmt: skip
    return keep_reply(reply=reply, by=owner or cast.users["ratna"])
