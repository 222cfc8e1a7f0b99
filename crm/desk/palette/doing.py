"""What can be done from the palette: acts of the open case, pages, my state, language, colours, the bell."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.cases.models import Case
from crm.desk.acts import acts_for
from crm.desk.models import View
from crm.desk.palette.options import Group, Option, fits, words_in_both
from crm.desk.queues import QUEUES
from crm.desk.rail import ROOMS
from crm.desk.rooms import ROOMS as BESIDE
from crm.desk.views.settings import places
from crm.lib.exports import SOURCES
from crm.staff.access import may
from crm.staff.models import Language, Presence, Theme, User

EACH = 8
# (name, icon, view) of pages that everybody has.
OWN_PAGES = (
    (gettext_lazy("Notifications"), "bell", "desk:notifications"),
    (gettext_lazy("Choose what rings"), "bell-off", "desk:ringing"),
    (gettext_lazy("My account"), "user", "staff:profile"),
    (gettext_lazy("My letters"), "mail", "messaging:letters"),
    (gettext_lazy("My files"), "download", "reports:exports"),
    (gettext_lazy("My actions"), "list-check", "desk:my-actions"),
)
# (name, icon, view, action) of pages that stand in no menu of rooms.
FURTHER_PAGES = (
    (gettext_lazy("Views"), "filter", "desk:views", "case.read"),
    (gettext_lazy("My bulk actions"), "history", "desk:jobs", "bulk.run"),
    (gettext_lazy("Canned replies"), "message-2", "desk:canned", "canned.own"),
    (gettext_lazy("Causes"), "chart-bar", "desk:causes-report", "breach.read"),
    (gettext_lazy("Corrective actions"), "list-check", "desk:actions", "breach.read"),
    (gettext_lazy("By e-mail"), "mail", "reports:schedules", "report.schedule"),
)
WRITE = (
    (gettext_lazy("Reply"), "send", "r"),
    (gettext_lazy("Private message"), "lock", "p"),
    (gettext_lazy("Internal note"), "note", "n"),
)


def actions(user: User, case: Case | None, term: str) -> list[Group]:
    """Groups of what fits the term; with an empty one, what is nearest at hand."""
    groups = []
    if case is not None:
        name = _("Actions on #%(number)s") % {"number": case.number}
        groups.append(Group(name, "actions", _fitting(on_case(user, case), term)))
    groups.append(Group(_("Actions"), "actions", _fitting(anywhere(user), term) if term else list(first_ones(user))))
    return groups


def pages(user: User, term: str) -> Group:
    return Group(_("Pages"), "pages", _fitting(all_pages(user), term))


def _fitting(options: Iterator[Option], term: str) -> list[Option]:
    return [option for option in options if fits(option, term)][:EACH]


# --- the open case ------------------------------------------------------------------------------------------------


def on_case(user: User, case: Case) -> Iterator[Option]:
    acts = acts_for(user, case)
    if may(user, "case.answer", case):
        yield from (_press(name, icon, key) for name, icon, key in WRITE)
    elif acts:
        yield _press(*WRITE[-1])
    for slug, act in acts.items():
        url = reverse("desk:act", args=[case.number, slug])
        how = "act" if slug == "accept" else "sheet"
        yield Option(str(act.title), url, how, icon=act.icon, key=act.key, search=words_in_both(act.title))
    yield _press(gettext_lazy("Follow"), "star", "f")


def _press(name: object, icon: str, key: str) -> Option:
    return Option(str(name), how="press", icon=icon, key=key, search=words_in_both(name))


# --- everything else ----------------------------------------------------------------------------------------------


def first_ones(user: User) -> Iterator[Option]:
    if may(user, "case.open"):
        yield _new_case()
        name = gettext_lazy("Take the next case")
        yield _post(str(name), "hand-grab", "desk:next", words_in_both(name))
    yield _press(gettext_lazy("These keys"), "keyboard", "?")


def anywhere(user: User) -> Iterator[Option]:
    yield from first_ones(user)
    for value, word in Presence.choices:
        yield _post(_("My state: %(word)s") % {"word": word}, "user-check", "staff:presence", presence=value)
    yield _post(_("Quiet for an hour"), "bell-off", "desk:quiet", words_in_both(gettext_lazy("Quiet for an hour")),
                minutes="60")  # fmt: skip
    yield _post(_("Ring again"), "bell", "desk:quiet", words_in_both(gettext_lazy("Ring again")), minutes="0")
    yield _post(_("Mark all read"), "checks", "desk:notifications-read", words_in_both(gettext_lazy("Mark all read")))
    for value, word in Theme.choices:
        yield _post(_("Colours: %(word)s") % {"word": word}, "moon", "staff:theme", theme=value)
    for code, language in Language.choices:
        yield _post(_("Language: %(word)s") % {"word": language}, "world", "staff:language", language=code)
    yield _post(_("Sign out"), "door-exit", "staff:logout", words_in_both(gettext_lazy("Sign out")))


def _new_case() -> Option:
    name = gettext_lazy("New case")
    return Option(str(name), reverse("desk:new"), icon="plus", search=words_in_both(name))


def _post(title: str, icon: str, view: str, search: str = "", **fields: str) -> Option:
    return Option(title, reverse(view), "post", icon=icon, fields=fields, search=search)


def all_pages(user: User) -> Iterator[Option]:
    """What this role may open, each once."""
    seen: set[tuple[str, str]] = set()
    for name, icon, url, detail in _addresses(user):
        if url and (url, str(name)) not in seen:
            seen.add((url, str(name)))
            yield Option(str(name), url, icon=icon, detail=detail, search=words_in_both(name))


def _addresses(user: User) -> Iterator[tuple[object, str, str, str]]:
    for room in (*ROOMS, *BESIDE):
        if may(user, room.action):
            yield room.name, room.icon, address(room.view), ""
    if may(user, "case.read"):
        for queue in QUEUES.values():
            yield queue.name, queue.icon or "inbox", f"{reverse('desk:desk')}?queue={queue.slug}", _("Queue")
        for view in views_of(user):
            yield view.name, "filter", f"{reverse('desk:desk')}?{urlencode(view.query, doseq=True)}", _("View")
    for name, icon, view_name in OWN_PAGES:
        yield name, icon, address(view_name), ""
    yield from _further(user)
    for place in places(user):
        yield place.name, place.icon, place.url, _("Settings")


def _further(user: User) -> Iterator[tuple[object, str, str, str]]:
    for name, icon, view_name, action in FURTHER_PAGES:
        if may(user, action):
            yield name, icon, address(view_name), ""
    if may(user, "report.read"):
        for source in SOURCES.values():
            if source.page:
                yield source.name, source.icon, reverse(source.page[0], args=source.page[1:]), _("Report")


def views_of(user: User) -> list[View]:
    """One's own saved views, and those that colleagues share. None that was deleted."""
    return list(View.objects.visible_to(user))


def address(view: str) -> str:
    try:
        return reverse(view)
    except NoReverseMatch:  # a room that is not built
        return ""
