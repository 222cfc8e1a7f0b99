"""A new installation can open cases at once."""

import pytest
from django.core.management import call_command

from crm.cases.models import SlaPolicy
from tests.people import a_case


@pytest.mark.django_db
def test_a_new_installation_promises_what_the_sop_says_and_a_second_start_changes_nothing(capsys):
    call_command("default_policy")
    call_command("default_policy")
    assert capsys.readouterr().out.splitlines() == ["SLA policy 1 is in force."] * 2
    assert SlaPolicy.objects.count() == 1
    seconds = [clock.target_seconds for clock in a_case(channel="email").clocks.order_by("target_seconds")]
    assert seconds == [900, 259_200]
