"""The effect of the programme against its hold-out, what it costs, who is worth keeping; and the rows behind it."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from caring.effect.asking import KIND_WORDS, EffectAsk, ListAsk
from caring.effect.exporting import EFFECT, GROWTH, ROWS
from caring.effect.figures import rows
from caring.effect.growth import growth
from caring.effect.listing import listing
from caring.effect.outcomes import BY_KEY, OUTCOMES
from caring.effect.periods import WINDOW_WORDS, WORDS
from caring.models import EffectFigures, EffectRule
from crm.lib.exports import hand_out
from crm.staff.access import may, require
from crm.staff.guard import StaffRequest

FILES = {"table": EFFECT, "growth": GROWTH, "rows": ROWS}


@login_required
@require_safe
def effect(request: StaffRequest) -> HttpResponse:
    require(request.user, "caring.read")
    ask, rule = EffectAsk(request.GET), EffectRule.in_force()
    found = rows(ask.months_asked, ask.period_asked, rule)
    context = {
        "whole": found[0] if found else None, "stages": [row for row in found if row.stage and row.has_hold_out],
        "service": [row for row in found if not row.has_hold_out], "costs": [row for row in found if row.tried],
        "growth": growth(ask.period_asked, rule), "rule": rule, "outcomes": OUTCOMES, "ask": ask,
        "span": EffectFigures.objects.filter(months=ask.months_asked, period=ask.period_asked).first(),
        "periods": [(name, word, ask.url(period=name)) for name, word in WORDS.items()],
        "windows": [(name, word, ask.url(months=name)) for name, word in WINDOW_WORDS.items()],
        "may_export": may(request.user, "report.export"), "may_set": may(request.user, "policy.edit"),
    }  # fmt: skip
    return render(request, "caring/effect.html", context)


@login_required
@require_safe
def effect_rows(request: StaffRequest) -> HttpResponse:
    """What a figure counts; `after` is the cursor."""
    require(request.user, "caring.read")
    ask, after = ListAsk(request.GET), request.GET.get("after", "")
    found = listing(ask, request.user)
    lines, following = found.page(int(after) if after.isdecimal() and len(after) < 18 else 0)
    kept = request.GET.copy()
    kept.pop("after", None)
    outcome = BY_KEY.get(ask.said("outcome") or "")
    context = {
        "ask": ask, "heads": found.heads, "lines": lines, "following": following, "after": after,
        "kept": kept.urlencode(), "title": KIND_WORDS[ask.kind], "about": _about(ask),
        "outcome": outcome, "may_export": may(request.user, "report.export"),
        "may_open": may(request.user, "customer.read"), "has_number": any(line.number for line in lines),
    }  # fmt: skip
    return render(request, "caring/effect_rows.html", context)


def _about(ask: ListAsk) -> list[str]:
    """The narrowing in words."""
    stage, group = ask.said("stage"), dict(ask.fields["group"].choices).get(ask.said("group"))  # type: ignore[attr-defined]
    words = [f"{stage.pk} · {stage.title}" if stage else "", str(group or ""), str(WORDS[ask.period_asked])]
    return [word for word in words if word]


@login_required
@require_safe
def effect_file(request: StaffRequest, what: str, suffix: str) -> HttpResponseBase:
    require(request.user, "caring.read")
    require(request.user, "report.export")
    if what not in FILES:
        raise Http404
    return hand_out(request, FILES[what], suffix)
