"""Identified, differentiated, interacted, customised: how far we know somebody, from facts that stand in the record."""

import datetime as dt
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.billing.scale import scale_in_force
from crm.billing.tiers import HIGHEST_FIRST
from crm.customers.models import ContactPoint, Purpose, Tier
from crm.desk.customer.contacts import YEAR, by_channel, standing
from crm.desk.customer.head import Head
from crm.lib.display import rupiah
from crm.segments.models import Measured
from crm.segments.quadrants import quadrant_of
from crm.timeline.models import Channel


@dataclass(frozen=True)
class Pip:
    """`tone`: ok, risk or nothing. `channel` where a channel's own icon stands for it."""

    word: str
    icon: str = ""
    tone: str = ""
    channel: str = ""
    name: str = ""


@dataclass(frozen=True)
class Bar:
    name: str
    percent: int
    said: str


@dataclass(frozen=True)
class Card:
    title: str
    icon: str
    value: str
    unit: str = ""
    pips: list[Pip] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)


def cards(head: Head) -> list[Card]:
    return [identified(head), differentiated(head), interacted(head), customised(head)]


# --- I ------------------------------------------------------------------------------------------------------------


def identified(head: Head) -> Card:
    known = _known(head)
    verified = sum(state == "ok" for _name, state in known)
    pips = [Pip(name, {"ok": "circle-check", "risk": "alert-triangle"}.get(state, "circle-dashed"), state)
            for name, state in known]  # fmt: skip
    if head.corrections:
        words = ngettext("%(n)s thing to correct", "%(n)s things to correct", head.corrections)
        pips.append(Pip(words % {"n": head.corrections}, "alert-triangle", "risk"))
    unit = _("of %(n)s verified") % {"n": len(known)}
    return Card(_("Identified"), "fingerprint", str(verified), unit, pips)


def _known(head: Head) -> list[tuple[str, str]]:
    """What can be proven of somebody: (word, ok | risk: claimed | nothing: not known)."""
    points = [one.point for one in head.contacts]
    addresses = list(head.customer.addresses.values_list("verified_at", flat=True))
    return [
        (_("Number"), _state(bool(head.numbers), bool(head.lines) or _is_proven(points, "msisdn"))),
        (_("ID"), _state(bool(head.papers), bool(head.papers))),
        (_("Handle"), _state(any(p.kind == "handle" for p in points), _is_proven(points, "handle"))),
        (_("Address"), _state(bool(addresses), any(addresses))),
    ]


def _is_proven(points: list[ContactPoint], kind: str) -> bool:
    return any(point.kind == kind and point.verified_at for point in points)


def _state(known: bool, proven: bool) -> str:
    return "ok" if proven else "risk" if known else ""


# --- D ------------------------------------------------------------------------------------------------------------


def differentiated(head: Head) -> Card:
    customer, arpu = head.customer, head.value.arpu if head.value else 0
    pips = []
    if customer.since:
        pips.append(Pip(_stay(customer.since), "calendar"))
    if head.lines:
        words = ngettext("%(n)s line", "%(n)s lines", len(head.lines)) % {"n": len(head.lines)}
        pips.append(Pip(words, "device-mobile"))
    quadrant = _quadrant(head.measured)
    if quadrant:
        pips.append(Pip(quadrant, "target"))
    bars = _measures(head.measured) + (_way_up(head.value.tier, arpu) if head.value else [])
    unit = _("ARPU %(amount)s") % {"amount": rupiah(arpu)} if head.value else _("no ARPU yet")
    tier = str(customer.get_tier_display()) if customer.tier else _("No tier")
    return Card(_("Differentiated"), "target", tier, unit, pips, bars)


def _quadrant(known: Measured | None) -> str:
    found = quadrant_of(known.transaction, known.interaction) if known else None
    return str(found.label) if found else ""


def _measures(known: Measured | None) -> list[Bar]:
    """Of 100 each; what is not measured yet is left out."""
    named = ((_("Transactions"), known.transaction), (_("Interactions"), known.interaction)) if known else ()
    return [Bar(name, value, str(value)) for name, value in named if value is not None]


def _stay(since: dt.date) -> str:
    """Whole years, or months below one."""
    today = timezone.localdate()
    months = (today.year - since.year) * 12 + today.month - since.month - (today.day < since.day)
    if months < 12:
        return ngettext("%(n)s month with us", "%(n)s months with us", max(months, 0)) % {"n": max(months, 0)}
    return ngettext("%(n)s year with us", "%(n)s years with us", months // 12) % {"n": months // 12}


def _way_up(tier: str, arpu: int) -> list[Bar]:
    """How near the next tier is."""
    better = HIGHEST_FIRST[: HIGHEST_FIRST.index(Tier(tier))] if tier else HIGHEST_FIRST[:-1]
    if not better:
        return []
    limit = scale_in_force().limits[better[-1]]
    percent = max(0, min(99, 100 * arpu // limit))
    return [Bar(_("to %(tier)s") % {"tier": Tier(better[-1]).label}, percent, f"{percent} %")]


# --- I ------------------------------------------------------------------------------------------------------------


def interacted(head: Head) -> Card:
    counts = by_channel(head.customer, timezone.now() - YEAR)
    total, names = sum(counts.values()), dict(Channel.choices)
    unit = ngettext("contact in 12 months", "contacts in 12 months", total)
    pips = [Pip(str(n), channel=code, name=str(names.get(code, code))) for code, n in counts.items()]
    last = standing(head.customer).order_by("-at").values_list("at", flat=True).first() if total else None
    if last:
        pips.append(Pip(_("last %(when)s") % {"when": _days(last)}, "history"))
    return Card(_("Interacted"), "messages", str(total), unit, pips)


def _days(at: dt.datetime) -> str:
    days = (timezone.localdate() - timezone.localdate(at)).days
    if days < 1:
        return _("today")
    return ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": days}


# --- C ------------------------------------------------------------------------------------------------------------


def customised(head: Head) -> Card:
    """What they allowed, and how they want to be met."""
    customer = head.customer
    allowed = set(customer.consents.standing().values_list("purpose", flat=True))
    pips = []
    if customer.preferred_channel:
        name = dict(Channel.choices).get(customer.preferred_channel, customer.preferred_channel)
        pips.append(Pip(_("likes %(channel)s") % {"channel": name}, "heart"))
    if customer.do_not_disturb:
        pips.append(Pip(_("Do not disturb"), "bell-off", "risk"))
    pips += [Pip(str(word), "check", "ok") for code, word in Purpose.choices if code in allowed]
    if not pips:
        pips.append(Pip(_("No preference and no consent is known"), "circle-dashed"))
    unit = _("of %(n)s uses of their data allowed") % {"n": len(Purpose.choices)}
    return Card(_("Customised"), "adjustments", str(len(allowed)), unit, pips)
