"""New cases for the demo, opened the way other systems open them: over the REST API."""

import base64
import json
import urllib.request
from typing import Any

from crm.demo.client import CLIENT_ID, CLIENT_SECRET
from crm.demo.programme import WRITTEN
from crm.demo.scene import Scene
from crm.demo.story import opening_of
from crm.timeline.models import Channel

TIME_LIMIT = 10
# What another system would hand in; letters have no address that the API takes.
CHANNELS = tuple(channel for channel in WRITTEN if channel not in (Channel.LETTER, Channel.PRESS))


class Caller:
    """The demo's API client at work on the product served at `site`, e.g. http://127.0.0.1:8000."""

    def __init__(self, site: str) -> None:
        self.site = site.rstrip("/")
        self.token = ""

    def open(self, scene: Scene) -> int:
        """Open the scene's case now; returns its number. Raises OSError, also for an answer that is an error."""
        if not self.token:
            self.token = self.ask_for_token()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        return int(self._post("/api/v1/cases", json.dumps(body_of(scene)).encode(), headers)["number"])

    def ask_for_token(self) -> str:
        known = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        answer = self._post("/api/oauth/token", b"grant_type=client_credentials", {"Authorization": f"Basic {known}"})
        return str(answer["access_token"])

    def _post(self, path: str, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
        request = urllib.request.Request(self.site + path, body, headers)
        with urllib.request.urlopen(request, timeout=TIME_LIMIT) as answer:
            return dict(json.load(answer))


def body_of(scene: Scene) -> dict[str, Any]:
    return {
        "customer": sender_of(scene),
        "channel": scene.channel,
        "kind": scene.story.kind,
        "category": scene.story.about,
        "subject": scene.story.subject.format(**scene.words),
        "text": opening_of(scene.story, scene.channel, scene.words, scene.rng),
    }


def sender_of(scene: Scene) -> dict[str, str]:
    """The contact by which this customer comes on this channel."""
    kinds = {point.kind: point for point in scene.somebody.points if point.network in ("", scene.channel)}
    if "handle" in kinds:
        return {"handle": kinds["handle"].value, "network": scene.channel}
    kind = "email" if scene.channel in (Channel.EMAIL, Channel.WEB) else "msisdn"
    return {kind: kinds[kind].value}
