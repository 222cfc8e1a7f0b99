"""Production as docker-compose.yml starts it: what it answers, and that each process is well by its health check."""

import http.client
import os
import re
import signal
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.production import DOMAIN, SERVICES, House, collect_static

pytestmark = pytest.mark.django_db  # else no database is made
LOOPS = sorted(name for name, service in SERVICES.items() if "loop" in str(service.get("healthcheck")))


@pytest.fixture(scope="module")
def house(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> House:
    static = collect_static(tmp_path_factory.mktemp("static"))
    return House(tmp_path_factory.mktemp("house"), static)


@pytest.fixture(scope="module")
def web(house: House) -> Iterator[int]:
    with house.runs("web"):
        yield house.ports["web"]


def ask(port: int, path: str, **headers: str) -> tuple[http.client.HTTPResponse, str]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", path, headers={"Host": DOMAIN} | headers)
        answer = connection.getresponse()
        return answer, answer.read().decode(errors="replace")


def test_pages_come_by_https_alone_with_files_that_may_be_kept_for_ever(web: int) -> None:
    past_the_proxy, _body = ask(web, "/login/")
    assert (past_the_proxy.status, past_the_proxy.headers["Location"]) == (301, f"https://{DOMAIN}/login/")

    page, body = ask(web, "/login/", **{"X-Forwarded-Proto": "https"})
    assert page.status == 200
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert "; Secure" in page.headers["Set-Cookie"]
    assert (
        "script-src" not in page.headers["Content-Security-Policy"]
        or "unsafe" not in page.headers["Content-Security-Policy"]
    )

    links = re.findall(r'(?:href|src)="(/static/[^"#]+)', body)
    assert links
    for link in links:
        assert re.search(r"\.[0-9a-f]{12}\.", link), link
        file, _content = ask(web, link, **{"X-Forwarded-Proto": "https"})
        assert (file.status, "immutable" in file.headers["Cache-Control"]) == (200, True), link


def test_probes_answer_past_the_proxy_and_strangers_hosts_are_refused(web: int) -> None:
    assert ask(web, "/healthz")[0].status == 200
    assert ask(web, "/readyz")[0].status == 200
    assert ask(web, "/healthz", Host="evil.example")[0].status == 400
    assert ask(web, "/metrics", **{"X-Forwarded-For": "203.0.113.7"})[0].status == 403


def test_there_is_no_demo_and_no_debug_page(web: int) -> None:
    missing, body = ask(web, "/no-such-page/", **{"X-Forwarded-Proto": "https"})
    assert missing.status == 404
    assert "urlconf" not in body.lower()
    assert "sapa-demo" not in ask(web, "/login/", **{"X-Forwarded-Proto": "https"})[1]


def test_live_is_well(house: House) -> None:
    with house.runs("live") as live:
        assert live.poll() is None
    assert live.returncode in {0, -signal.SIGTERM}, house.said("live")  # uvicorn ends by the signal it was given


@pytest.mark.parametrize("name", LOOPS)
def test_a_loop_is_well_until_it_shows_no_life_and_ends_when_told(house: House, name: str) -> None:
    """Started by the very words of docker-compose.yml."""
    with house.runs(name) as loop:
        assert house.is_well(name)
    assert loop.returncode == 0, house.said(name)
    assert not [line for line in house.said(name).splitlines() if "Traceback" in line]
    long_ago = 1
    os.utime(house.folder / f"{name}-alive", (long_ago, long_ago))
    assert not house.is_well(name)
