"""A call rings over REST, and the caller's page is on the agent's screen."""

import re
import time

import pytest
from django.test import Client
from django.utils import timezone

from crm.api.actions import create_client
from crm.api.models import Scope
from crm.calls.defaults import ensure_reasons
from crm.calls.models import Call
from crm.staff.models import Role, User
from tests.api.people import Caller, give_token
from tests.calls.people import an_agent
from tests.people import a_customer, a_member

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_ringing_call_opens_the_callers_page_and_is_wrapped_up(desk_of):
    ensure_reasons()
    sari = an_agent(extension="2101")
    a_customer("Rina Maharani", msisdn="+6281200004471")
    system = create_client(
        name="PBX", scopes=[Scope.CALLS_WRITE], channel="", by=a_member("Admin", Role.ADMINISTRATOR)
    )[0]
    exchange = Caller(Client(), give_token(system))
    page = desk_of(sari)
    with page.expect_response(lambda answer: "/live/" in answer.url):
        page.goto("/desk/")  # from here on the page hears
    began = time.monotonic()
    exchange.post("/api/v1/calls", {"call_id": "PBX-1", "msisdn": "081200004471", "agent": "2101", "ivr": "Tagihan"})
    page.wait_for_url(re.compile(r"/calls/\d+/$"), wait_until="commit")
    assert time.monotonic() - began < 5  # a second, on a machine that does nothing else
    page.wait_for_selector("h1:has-text('Rina Maharani')")
    for event in ({"event": "answered", "agent": "2101"}, {"event": "ended"}):
        exchange.post("/api/v1/calls/PBX-1/events", event | {"at": timezone.now().isoformat()})
    page.wait_for_selector("button:has-text('Done and available')")
    page.check("input[name=reason] >> nth=1", force=True)
    page.fill("textarea[name=note]", "Tagihan dobel, dikoreksi.")
    page.click("button:has-text('Done and available')")
    page.wait_for_url(re.compile(r"/calls/$"))
    call = Call.objects.get()
    assert (call.note, call.reason.code, call.interaction.text) == (call.interaction.text, "bill", call.note)
    assert User.objects.get(pk=sari.pk).presence == "available"
