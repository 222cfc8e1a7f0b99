"""Settings → Channels: how each connection does, and everything one does with it."""

from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.events.models import Event
from crm.lib.sealed import Unreadable
from crm.messaging import channels
from crm.messaging.advice import advice
from crm.messaging.channels import Adapter
from crm.messaging.connecting import (
    add_connection,
    change_connection,
    check_connection,
    kept_secrets,
    switch_connection,
    try_connection,
)
from crm.messaging.deeds import in_words
from crm.messaging.errors import UnknownChannel
from crm.messaging.forms import ConnectionForm, TryForm
from crm.messaging.loads import Load, loads
from crm.messaging.models import Arrival, Connection
from crm.messaging.paging import newest
from crm.messaging.words import in_words as reason_in_words
from crm.staff.access import may
from crm.staff.guard import StaffRequest, allowed
from crm.timeline.models import Channel


@allowed("channel.manage")
@require_safe
def connections(request: StaffRequest) -> HttpResponse:
    """All of them: a house has a few dozen accounts at most."""
    rows = list(Connection.objects.all())
    lying = loads(rows)
    for one in rows:
        dress(one, lying[one.pk])
    context = {"rows": rows, "failed": Arrival.objects.failed().count(), "connectable": connectable()}
    return render(
        request, "messaging/connections.html", context | {"may_connect": may(request.user, "channel.connect")}
    )


def dress(connection: Connection, load: Load) -> None:
    """What the templates show beside the row's own columns."""
    connection.load, connection.advice = load, advice(connection.fault)  # type: ignore[attr-defined]
    connection.fault_in_words = reason_in_words(connection.fault)  # type: ignore[attr-defined]


def connectable() -> list[tuple[str, str]]:
    """(code, name) of the channels that need a connection."""
    return [(code, str(Channel(code).label)) for code in channels.codes() if channels.get(code).fields]


@allowed("channel.manage")
@require_safe
def connection(request: StaffRequest, pk: int) -> HttpResponse:
    one = _found(pk)
    dress(one, loads(list(Connection.objects.filter(channel=one.channel)))[one.pk])
    events, pages = newest(request, Event.objects.filter(subject_type="connection", subject_id=pk))
    adapter = _adapter(one)
    context = {
        "connection": one, "adapter": adapter, "history": in_words(events, adapter), "try_form": TryForm(),
        "may_connect": may(request.user, "channel.connect"), "facts": facts(one, adapter),
        "callback_url": callback_url(one, adapter), "is_unreadable": is_unreadable(one),
    }  # fmt: skip
    return render(request, "messaging/connection.html", context | pages)


def facts(connection: Connection, adapter: Adapter | None) -> list[dict[str, Any]]:
    """The settings as they stand; of a secret only whether there is one."""
    kept, told = kept_secrets(connection), connection.options
    return [
        {"label": field.label, "kind": field.kind, "kept": field.name in kept, "value": told.get(field.name)}
        for field in (adapter.fields if adapter else ())
    ]


def callback_url(connection: Connection, adapter: Adapter | None) -> str:
    """The whole address that the other side calls; empty where it calls none."""
    if adapter is None or not adapter.callback:
        return ""
    return adapter.callback_base(connection).rstrip("/") + reverse(adapter.callback, args=[connection.hook])


def is_unreadable(connection: Connection) -> bool:
    try:
        return not isinstance(connection.secrets, dict)
    except Unreadable:
        return True


@allowed("channel.connect")
@require_safe
def choose(request: StaffRequest) -> HttpResponse:
    return render(request, "messaging/connection_new.html", {"connectable": connectable()})


@allowed("channel.connect")
def add(request: StaffRequest, channel: str) -> HttpResponse:
    if channel not in dict(connectable()):
        raise Http404
    adapter = channels.get(channel)
    form = ConnectionForm(request.POST or None, channel=channel, adapter=adapter)
    if form.is_valid():
        try:
            one = add_connection(
                channel=channel, account=form.cleaned_data["account"], by=request.user, **form.values()
            )
        except IntegrityError:  # a colleague was quicker by a moment
            form.add_error("account", _("This account is connected already."))
        else:
            messages.success(request, _("Connected. Check now whether the other side agrees."))
            return redirect("messaging:connection", one.pk)
    return _form_page(request, form, Channel(channel).label, adapter)


@allowed("channel.connect")
def change(request: StaffRequest, pk: int) -> HttpResponse:
    one = _found(pk)
    adapter = _adapter(one)
    if adapter is None:
        raise Http404
    form = ConnectionForm(request.POST or None, channel=one.channel, adapter=adapter, connection=one)
    if form.is_valid():
        changed = change_connection(connection=one, by=request.user, **form.values())
        messages.success(
            request, _("Saved. Check now whether the other side agrees.") if changed else _("Nothing changed.")
        )
        return redirect("messaging:connection", one.pk)
    return _form_page(request, form, one.get_channel_display(), adapter)


def _form_page(request: StaffRequest, form: ConnectionForm, label: object, adapter: Adapter) -> HttpResponse:
    context = {"form": form, "label": label, "connection": form.connection, "code": form.channel, "adapter": adapter}
    return render(request, "messaging/connection_form.html", context, status=422 if form.errors else 200)


@allowed("channel.manage")
@require_POST
def switch(request: StaffRequest, pk: int) -> HttpResponse:
    one = switch_connection(connection=_found(pk), on=request.POST.get("on") == "1", by=request.user)
    messages.success(
        request, _("Switched on.") if one.is_active else _("Switched off. Nothing is fetched or sent over it.")
    )
    return redirect("messaging:connection", pk)


@allowed("channel.manage")
@require_POST
def check(request: StaffRequest, pk: int) -> HttpResponse:
    one = _found(pk)
    if (adapter := _adapter(one)) is None or not adapter.can_check:
        raise Http404
    _say(request, check_connection(connection=one, by=request.user), _("The other side answers and agrees."))
    return redirect("messaging:connection", pk)


@allowed("channel.manage")
@require_POST
def try_out(request: StaffRequest, pk: int) -> HttpResponse:
    one, form = _found(pk), TryForm(request.POST)
    if (adapter := _adapter(one)) is None or not adapter.can_try_out:
        raise Http404
    if not form.is_valid():
        messages.error(request, _("Say to whom this goes."))
        return redirect("messaging:connection", pk)
    text = _("A test from Sapa: this connection works.")
    fault = try_connection(connection=one, recipient=form.cleaned_data["recipient"], text=text, by=request.user)
    _say(request, fault, _("The other side took the test. Did it arrive?"))
    return redirect("messaging:connection", pk)


def _say(request: StaffRequest, fault: str, success: str) -> None:
    if fault:
        messages.error(request, f"{reason_in_words(fault)}. {advice(fault)}")
    else:
        messages.success(request, success)


def _found(pk: int) -> Connection:
    return get_object_or_404(Connection, pk=pk)


def _adapter(connection: Connection) -> Adapter | None:
    """None when the channel's code is not part of this release any more."""
    try:
        return channels.get(connection.channel)
    except UnknownChannel:
        return None
