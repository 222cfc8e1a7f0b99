"""Tags and filters every template has (settings name them as builtins): icons, figures, times, clocks."""

from datetime import datetime

from django import template
from django.forms import BoundField, CheckboxInput, Select
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from crm.lib import display

register = template.Library()

TENSE_ICONS = {"ok": "clock", "risk": "alert-triangle", "late": "alarm", "wait": "hourglass"}
CHANNEL_ICONS = {
    "x": "brand-x",
    "instagram": "brand-instagram",
    "facebook": "brand-facebook",
    "whatsapp": "brand-whatsapp",
    "call": "phone",
    "ivr": "microphone",
    "counter": "building-store",
    "sms": "device-mobile",
    "email": "mail",
    "web": "world",
    "letter": "mailbox",
    "press": "news",
}
FILE_ICONS = {"image": "photo", "audio": "music", "video": "video"}
HUES = "abcd"

register.filter("rupiah", display.rupiah)
register.filter("number", display.grouped)
register.filter("percent", display.percent)
register.filter("duration", display.duration)
register.filter("spoken", display.spoken)
register.filter("clocktime", display.clocktime)
register.filter("zone", display.zone)
register.filter("moment", display.moment)
register.filter("nearmoment", display.nearmoment)
register.filter("initials", display.initials)


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """A decorative glyph of @tabler/icons; size is xs, s, l or xl. Its word stands beside it or in .sr."""
    sprite = static("vendor/icons.svg")
    return format_html('<svg class="i {}" aria-hidden="true"><use href="{}#{}"></use></svg>', size, sprite, name)


@register.filter
def ago(at: datetime) -> str:
    """'11m' since then; see display.age."""
    return display.age((timezone.now() - at).total_seconds())


@register.filter
def countdown(due: datetime) -> str:
    """'03:41' until then; see display.countdown. The page's own clock runs on from data-due."""
    return display.countdown((due - timezone.now()).total_seconds())


@register.filter
def hue(key: object) -> str:
    """One of four avatar colours, the same for the same key on every page."""
    return HUES[sum(str(key).encode()) % len(HUES)]


@register.filter
def tense_icon(tense: str) -> str:
    return TENSE_ICONS[tense]


@register.filter
def file_icon(content_type: str) -> str:
    """By the kind of file: a picture, a sound, a film, else a document."""
    return FILE_ICONS.get(content_type.partition("/")[0], "file-text")


@register.simple_tag
def countdown_chip(due: datetime | None, tense: str, text: str = "") -> SafeString:
    """The chip of a clock. Its host carries data-due, data-risk and data-tense (static/js/countdown.js).

    Without `due` (a stopped clock) it shows `text`.
    """
    chip = '<span class="chip tense" data-chip>{}<span class="num"{}>{}</span></span>'
    shown = text or (countdown(due) if due else "")
    return format_html(chip, icon(TENSE_ICONS[tense]), mark_safe(" data-left") if due else "", shown)


@register.simple_tag
def bar(width: float, tone: str = "", size: str = "thin", goal: float | None = None) -> SafeString:
    """A bar filled to `width` percent, with its goal as a tick. SVG, because a strict CSP forbids style widths."""
    filled = f"{min(100.0, max(0.0, float(width))):.2f}"
    tick = format_html('<path d="M{} 0v4"/>', f"{goal:.2f}") if goal is not None else ""
    kind = f"bar {size} goal" if tick else f"bar {size}"
    return format_html(
        '<svg class="{}" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="{}" height="4" class="{}"/>{}</svg>',
        kind, filled, tone, tick,
    )  # fmt: skip


@register.simple_tag
def channel(code: str, word: str) -> SafeString:
    """A channel's icon in its colour, its name for a screen reader."""
    glyph = icon(CHANNEL_ICONS.get(code, "world"))
    return format_html('<span class="ch {}">{}<span class="sr">{}</span></span>', code, glyph, word)


@register.filter
def channel_icon(code: str) -> str:
    return CHANNEL_ICONS.get(code, "world")


@register.filter
def is_tick(field: BoundField) -> bool:
    return isinstance(field.field.widget, CheckboxInput)


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """The widget of a form field in our dress; Django adds aria-invalid and aria-describedby."""
    dress = "form-select" if isinstance(field.field.widget, Select) else "form-control"
    return field.as_widget(attrs={"class": dress})
