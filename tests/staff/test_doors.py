"""Every page of the house, tried by a stranger: a new page is behind a door unless it is named here."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from crm.cases.defaults import ensure_policy
from tests.staff.conftest import signed_in

# What a stranger may see: the ways in, their language and colours, what monitoring asks, how the API is called, and
# where customers write to us and ask for a lost link.
OPEN = {
    "/login/", "/login/second-step/", "/login/company/", "/login/company/return/", "/logout/", "/language/", "/theme/",
    "/password/", "/password/sent/", "/password/x/x/", "/invitation/x/", "/healthz", "/readyz",
    "/api/docs/", "/api/schema/", "/help/", "/help/embed/", "/status/",
}  # fmt: skip
PARAMETER = re.compile(r"<(?:(\w+):)?\w+>")
VALUES = {"int": "1", "uuid": "6f4922f4-5568-41a8-8cdf-4ad2299f6d23", "path": "x"}


def paths(resolver: URLResolver, before: str = "/") -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = getattr(entry.pattern, "_route", None)
        if route is None:
            continue  # the admin's catch-all and the packages' regular expressions lead to pages listed beside them
        path = before + PARAMETER.sub(lambda found: VALUES.get(found[1], "x"), route)
        if isinstance(entry, URLPattern):
            yield path
        else:
            yield from paths(entry, path)


PATHS = sorted({path for path in paths(get_resolver()) if path not in OPEN})


def test_the_list_of_pages_is_read_from_the_urls():
    assert {"/", "/me/", "/staff/people/", "/admin/"} <= set(PATHS)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("path", PATHS)
def test_a_stranger_gets_no_page(db, path, method):
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    response = getattr(stranger, method)(path, follow=True)
    if response.status_code == 200:
        assert response.request["PATH_INFO"] == "/login/"
    else:
        assert response.status_code in {400, 401, 403, 404, 405}


@pytest.mark.parametrize("path", [path for path in PATHS if path.startswith("/staff/")])
def test_nor_does_an_agent_get_a_page_of_people(sari, path):
    assert signed_in(sari).get(path).status_code in {403, 404, 405}


def test_the_ways_in_are_open(db):
    ensure_policy()  # the form says by when an answer comes
    assert [path for path in OPEN if Client().get(path).status_code == 403] == []
