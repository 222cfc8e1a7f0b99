"""Every command in docs/api.md works as it stands."""

import datetime as dt
import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from caring.defaults import ensure_programme
from caring.models import ContactPolicy, Task
from crm.api.actions import create_client
from crm.api.errors import TITLES
from crm.api.models import Scope
from crm.api.v1.filters import CaseFilters
from crm.cases.models import Case
from tests.api.conftest import ALL
from tests.caring.people import a_task

TEXT = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
SHELL = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture
def shell(live_server, administrator, call_team, policy, agent):
    """Runs a piece of shell with the variables that the page has set so far, against a running server."""
    more = [
        Scope.CUSTOMERS_READ, Scope.CUSTOMERS_WRITE, Scope.KNOWLEDGE_READ, Scope.LINES_WRITE, Scope.CARING_READ,
        Scope.CARING_WRITE,
    ]  # fmt: skip
    client, secret = create_client(name="Demo", scopes=[*ALL, *more], by=administrator)
    known = {"BASE": live_server.url, "CLIENT_ID": client.application.client_id, "CLIENT_SECRET": secret}

    def run(script, **more):
        given = "".join(f"{name}={shlex.quote(value)}\n" for name, value in (known | more).items())
        done = subprocess.run(["bash", "-ec", given + script], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.mark.django_db(transaction=True)
def test_an_integrator_who_follows_the_page_gets_what_it_says(shell, agent):
    _settings, token_script, opening, *others = SHELL
    token = shell(token_script + "echo $TOKEN").strip()
    opened = json.loads(shell(opening, TOKEN=token))
    assert opened["remaining_seconds"] > 0
    known = {"TOKEN": token, "NUMBER": str(opened["number"]), "STAFF_NUMBER": agent.staff_number, "ETAG": "*"}
    known["CUSTOMER"] = str(opened["customer"]["id"])
    ensure_programme()
    ContactPolicy.objects.update(quiet_from=dt.time(3), quiet_until=dt.time(3))
    known["TASK"] = str(a_task(13).pk)
    for script in others:
        for line in re.split(r"\n(?=curl)", script.strip()):
            answer = json.loads(shell(line, **known))
            assert "urn:sapa:problem" not in json.dumps(answer), (line, answer)
    case = Case.objects.get()
    assert (case.priority, case.tags, case.party) == ("high", ["kuota"], "quality")
    assert Task.objects.get().state == "waiting"


def test_the_page_names_every_filter_and_status():
    for name in CaseFilters.base_filters:
        assert f"`{name}`" in TEXT
    for status in TITLES:
        assert str(status) in TEXT
