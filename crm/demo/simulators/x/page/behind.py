"""Behind the scenes: what is planned to go wrong, and where the events went."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from crm.demo.simulators.x import delivery, events, here
from crm.demo.simulators.x.limits import LIMITS, WINDOW
from crm.demo.simulators.x.mischief import ANSWERS, PLAN, TWISTS, Fault
from crm.demo.simulators.x.page.looking import moment

MOST_DELIVERIES = 8
ANSWERS_SAID = {
    "429": gettext_lazy("429, come back later"),
    "500": gettext_lazy("500, a fault of its own"),
    "503": gettext_lazy("503, out of service"),
    "hang": gettext_lazy("nothing for 30 seconds"),
    "garbage": gettext_lazy("garbage instead of JSON"),
    "close": gettext_lazy("hang up without an answer"),
}
TWISTS_SAID = {
    "twice": gettext_lazy("sent twice"),
    "reordered": gettext_lazy("sent after the one that follows"),
    "forged": gettext_lazy("with a forged one beside it"),
    "unsigned": gettext_lazy("with an unsigned one beside it"),
    "dropped": gettext_lazy("lost on the way"),
}
PATHS_SAID = {
    "": gettext_lazy("any call"),
    "/2/tweets": gettext_lazy("public posts"),
    "/2/dm_conversations": gettext_lazy("private messages"),
    "/2/users": gettext_lazy("reading mentions"),
    "/2/media": gettext_lazy("pictures"),
}
STATES = {
    "waiting": ("clock", "wait", gettext_lazy("on its way")),
    "held": ("player-pause", "wait", gettext_lazy("held back")),
    "aside": ("player-pause", "wait", gettext_lazy("set aside")),
    "done": ("circle-check", "ok", gettext_lazy("taken")),
    "failed": ("alert-octagon", "calm", gettext_lazy("refused")),
    "dropped": ("x", "calm", gettext_lazy("lost")),
}


def standing() -> dict[str, Any]:
    """What the panel shows: webhooks, plans, the last deliveries."""
    store = here.store()
    query = "SELECT * FROM deliveries ORDER BY id DESC LIMIT ?"
    return {
        "webhooks": store.rows("SELECT * FROM webhooks ORDER BY id"),
        "plans": _plans(),
        "holding": PLAN.holding,
        "deliveries": [_delivery(dict(row)) for row in store.rows(query, MOST_DELIVERIES)],
        "answers": ANSWERS_SAID.items(),
        "twists": TWISTS_SAID.items(),
        "paths": PATHS_SAID.items(),
    }


def _plans() -> list[str]:
    answers = [_fault_said(fault) for fault in PLAN.faults]
    said = [_("The next event is %(twist)s.") % {"twist": TWISTS_SAID[one]} for one in PLAN.twists]
    return answers + said


def _fault_said(fault: Fault) -> str:
    words = {"what": PATHS_SAID.get(fault.path, fault.path), "answer": ANSWERS_SAID[fault.answer], "n": fault.times}
    text = _("Next calls (%(what)s), %(n)d times: %(answer)s.")
    return text % words + (" " + _("What was asked is done all the same.") if fault.after else "")


def _delivery(row: dict[str, Any]) -> dict[str, Any]:
    icon, tone, said = STATES[row["state"]]
    return row | {"icon": icon, "tone": tone, "said": said, "at": moment(row["created_at"])}


@require_GET
def panel(request: HttpRequest) -> HttpResponse:
    return render(request, "demo/x/_behind.html", standing())


@require_POST
def plan(request: HttpRequest) -> HttpResponse:
    """The next calls of the API."""
    answer, times = request.POST.get("answer", ""), request.POST.get("times", "1")
    if answer in ANSWERS and times.isdecimal() and request.POST.get("path", "") in PATHS_SAID:
        fault = Fault(answer, max(1, min(int(times), 99)), request.POST.get("path", ""), "after" in request.POST)
        PLAN.add_fault(fault)
    return panel_again(request)


@require_POST
def twist(request: HttpRequest) -> HttpResponse:
    """The next event."""
    if request.POST.get("next") in TWISTS:
        PLAN.twists.append(request.POST["next"])
    return panel_again(request)


@require_POST
def act(request: HttpRequest, word: str) -> HttpResponse:
    {"hold": _hold, "release": _release, "replay": _replay, "check": _check, "calm": _calm}[word]()
    return panel_again(request)


def panel_again(request: HttpRequest) -> HttpResponse:
    return render(request, "demo/x/_behind.html", standing())


def _hold() -> None:
    PLAN.holding = True


def _release() -> None:
    PLAN.holding = False
    events.release(here.store())


def _replay() -> None:
    events.replay(here.store(), 0)


def _check() -> None:
    for row in here.store().rows("SELECT id FROM webhooks"):
        delivery.check(here.store(), row["id"], here.secrets().consumer_secret)


def _calm() -> None:
    PLAN.calm()
    LIMITS.set({}, WINDOW)
    events.release(here.store())
