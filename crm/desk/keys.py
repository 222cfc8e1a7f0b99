"""The keys, one table: the sheet behind `?`, the page's own script (static/js/keys.js) and docs/desk.md read it.

A key that the script does not know by name presses the first element with data-key="…": an act needs no script.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Key:
    """`press`: as KeyboardEvent.key says it, with Ctrl+ before it. `name`: what keys.js does; empty: presses its
    element, or the browser does it."""

    press: str
    what: Promise
    name: str = ""

    @property
    def shown(self) -> list[str]:
        """Each cap of the key, as people know it."""
        return self.press.replace("Enter", "↵").split("+")

    @property
    def is_single(self) -> bool:
        """A character alone: whoever dictates or trembles can switch these off (WCAG 2.1.4)."""
        return len(self.press) == 1


GROUPS: tuple[tuple[Promise, tuple[Key, ...]], ...] = (
    (_("The list"), (
        Key("j", _("Next case"), "next"),
        Key("k", _("Case before"), "previous"),
        Key("Enter", _("Open it")),
        Key("x", _("Select it"), "select"),
    )),
    (_("The case"), (
        Key("r", _("Reply"), "reply"),
        Key("p", _("Private message"), "private"),
        Key("n", _("Internal note"), "note"),
        Key("a", _("Assign")),
        Key("e", _("Escalate")),
        Key("w", _("Wait")),
        Key("t", _("Promise")),
        Key("b", _("Linked problem")),
        Key("z", _("Undo while it is offered, else snooze"), "undo"),
        Key("s", _("Settle")),
        Key("f", _("Follow")),
    )),
    (_("Writing"), (
        Key("Ctrl+Enter", _("Send, or confirm the dialog")),
        Key("Ctrl+Shift+Enter", _("Send and settle")),
        Key("Ctrl+Alt+Enter", _("Send and wait")),
        Key("Tab", _("Next open field of a canned reply")),
        Key("/", _("Canned replies, in the text")),
        Key("@", _("Mention a colleague, in a note")),
        Key("Esc", _("Leave the text, close what is open")),
        Key("1–9", _("Choose in a dialog")),
    )),
    (_("A caring task"), (
        Key("1–6", _("What came of the call, on a caring task")),
    )),
    (_("Everywhere"), (
        Key("Ctrl+K", _("Find or do anything"), "palette"),
        Key("?", _("These keys"), "help"),
    )),
)  # fmt: skip

KEYS = tuple(key for _name, keys in GROUPS for key in keys)
# What keys.js is told: which key does what by name.
NAMED = {key.press: key.name for key in KEYS if key.name}
