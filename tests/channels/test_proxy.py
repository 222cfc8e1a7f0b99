"""The door: the real nginx with our own nginx.conf before real web and live processes of production."""

import datetime as dt
import http.client
import ipaddress
import json
import os
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.test import Client

from crm.cases.defaults import ensure_policy
from crm.staff.models import SignIn
from tests.channels.conftest import need
from tests.people import a_case, a_member, a_team
from tests.processes import free_port, wait_for_port
from tests.production import DOMAIN, ROOT, House, collect_static

pytestmark = pytest.mark.django_db(transaction=True)
MEGABYTE = 1024 * 1024
Answer = tuple[http.client.HTTPResponse, bytes]


class Door:
    """nginx, and how a browser that trusts its certificate asks."""

    def __init__(self, folder: Path, house: House) -> None:
        self.folder, self.plain, self.secure, self.neighbours = folder, free_port(), free_port(), free_port()
        self.trust = ssl.create_default_context(cadata=certify(folder))
        self.write(house)

    def write(self, house: House) -> None:
        """Our file as it is, with this machine's addresses."""
        text = (ROOT / "docs" / "deploy" / "nginx.conf").read_text()
        for theirs, ours in {
            "default web:8000;": f"default 127.0.0.1:{house.ports['web']};",
            "default live:8001;": f"default 127.0.0.1:{house.ports['live']};",
            "listen 8080": f"listen 127.0.0.1:{self.plain}",
            "listen 8443": f"listen 127.0.0.1:{self.secure}",
            "listen 8081": f"listen 127.0.0.1:{self.neighbours}",
            "/tmp/": f"{self.folder}/",
            "/etc/nginx/tls/": f"{self.folder}/",
        }.items():
            assert theirs in text
            text = text.replace(theirs, ours)
        (self.folder / "nginx.conf").write_text(text)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        link = http.client.HTTPSConnection("127.0.0.1", self.secure, timeout=60, context=self.trust)
        with closing(link):
            link.request(method, path, body, {"Host": DOMAIN} | headers)
            answer = link.getresponse()
            return answer, answer.read()

    def ask_plainly(self, port: int, path: str) -> Answer:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as link:
            link.request("GET", path, headers={"Host": DOMAIN})
            answer = link.getresponse()
            return answer, answer.read()


def certify(folder: Path) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, DOMAIN)])
    names = [x509.DNSName(DOMAIN), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = made.public_bytes(serialization.Encoding.PEM).decode()
    (folder / "fullchain.pem").write_text(pem)
    kinds = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "privkey.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, *kinds))
    return pem


@pytest.fixture(scope="module")
def house(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> House:
    need("nginx")
    return House(tmp_path_factory.mktemp("house"), collect_static(tmp_path_factory.mktemp("static")))


@pytest.fixture(scope="module")
def door(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    door = Door(tmp_path_factory.mktemp("door"), house)
    as_root = "user root; " if os.geteuid() == 0 else ""  # else its workers would be nobody and could not write here
    words = [need("nginx"), "-c", str(door.folder / "nginx.conf"), "-g", f"{as_root}daemon off;"]
    with ExitStack() as stack:
        for name in ("web", "live"):
            stack.enter_context(house.runs(name))
        nginx = subprocess.Popen(words, stderr=subprocess.DEVNULL)
        stack.callback(nginx.wait, 20)
        stack.callback(nginx.terminate)
        wait_for_port(door.secure, nginx)
        yield door


def form(size: int) -> tuple[bytes, str]:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    return head + b"%" * size + b"\r\n--x--\r\n", "multipart/form-data; boundary=x"


def test_visitors_by_plain_http_are_sent_on(door: Door) -> None:
    answer, _body = door.ask_plainly(door.plain, "/login/?next=/desk/")
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{DOMAIN}/login/?next=/desk/")


def test_pages_and_files_come_from_one_origin(door: Door) -> None:
    page, body = door.ask("GET", "/login/")
    assert page.status == 200
    assert page.headers["Strict-Transport-Security"]
    link = body.decode().split('href="/static/', 1)[1].split('"', 1)[0]
    assert door.ask("GET", f"/static/{link}")[0].status == 200
    assert "nginx/" not in page.headers["Server"]


def test_the_live_stream_flows_through_as_it_is_written(door: Door) -> None:
    ensure_policy()
    sari = a_member(teams=(a_team(),))
    browser = Client()
    browser.force_login(sari, backend="crm.staff.backends.StaffBackend")
    cookie = f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"
    link = http.client.HTTPSConnection("127.0.0.1", door.secure, timeout=20, context=door.trust)
    with closing(link):
        link.request("GET", "/live/", headers={"Host": DOMAIN, "Cookie": cookie, "Origin": f"https://{DOMAIN}"})
        stream = link.getresponse()
        assert (stream.status, stream.headers["Content-Type"]) == (200, "text/event-stream")
        beats = 0
        while beats < 2:  # from the second on it hears
            beats += stream.readline().startswith(b"event: beat")
        case, begun = a_case(team=sari.team), time.monotonic()
        while not (line := stream.readline()).startswith(b'data: {"topics"'):
            assert line, "the stream ended"
        assert time.monotonic() - begun < 5, "something holds the lines back"
        assert json.loads(line[6:])["topics"]
        assert case.pk
        stream.close()


def test_an_attachment_of_ten_megabytes_reaches_us(door: Door) -> None:
    body, kind = form(10 * MEGABYTE)
    answer, _body = door.ask("POST", "/login/", body, **{"Content-Type": kind})
    assert answer.status == 403, "ours: the form has no CSRF token"
    assert answer.headers["X-Request-ID"]


def test_the_customers_form_takes_five_of_them(door: Door) -> None:
    body, kind = form(50 * MEGABYTE)
    answer, _body = door.ask("POST", "/help/", body, **{"Content-Type": kind})
    assert answer.status != 413
    assert answer.headers["X-Request-ID"]


def test_what_is_too_large_is_refused_in_words(door: Door) -> None:
    body, kind = form(30 * MEGABYTE)
    answer, page = door.ask("POST", "/login/", body, **{"Content-Type": kind})
    assert answer.status == 413
    assert answer.headers["X-Request-ID"] is None, "it never reached us"
    assert "Berkas terlalu besar" in page.decode()
    answer, problem = door.ask("POST", "/api/v1/cases/", body, **{"Content-Type": "application/json"})
    assert (answer.status, answer.headers["Content-Type"]) == (413, "application/problem+json")
    assert json.loads(problem)["status"] == 413


def test_nobody_can_claim_another_address(door: Door) -> None:
    """The log of sign-ins keeps what the door saw."""
    page, _body = door.ask("GET", "/login/")
    token = page.headers["Set-Cookie"].split("csrftoken=", 1)[1].split(";", 1)[0]
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
    sent = {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"https://{DOMAIN}/login/"}
    body = f"csrfmiddlewaretoken={token}&username=nobody&password=wrong".encode()
    answer, _body = door.ask("POST", "/login/", body, Cookie=f"csrftoken={token}", **sent, **forged)
    assert answer.status == 200
    assert [seen.ip for seen in SignIn.objects.all()] == ["127.0.0.1"]


def test_https_cannot_be_claimed_and_strange_names_are_refused(door: Door) -> None:
    assert door.ask("GET", "/login/", Host="evil.example")[0].status == 400
    assert door.ask("GET", "/login/", **{"X-Forwarded-Host": "evil.example"})[0].status == 200
    assert door.ask("GET", "/metrics")[0].status == 403, "everybody behind a door is a stranger"


def test_kannel_calls_from_inside_alone(door: Door) -> None:
    assert door.ask("GET", "/hooks/sms/guess/in/")[0].headers["X-Request-ID"] is None
    assert door.ask("GET", "/hooks/sms/guess/in/")[0].status == 403
    inside, _body = door.ask_plainly(door.neighbours, "/hooks/sms/guess/in/")
    assert inside.status != 301
    assert inside.headers["X-Request-ID"], "it reached us"
    assert door.ask_plainly(door.neighbours, "/alive")[1] == b"ok\n"
    assert door.ask_plainly(door.neighbours, "/login/")[0].status == 404


def test_while_web_is_away_people_and_programs_are_told_to_wait(
    house: House, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A door of its own that leads nowhere."""
    nowhere = House(tmp_path_factory.mktemp("nowhere"), house.static)
    door = Door(tmp_path_factory.mktemp("lonely"), nowhere)
    as_root = "user root; " if os.geteuid() == 0 else ""
    nginx = subprocess.Popen(
        [need("nginx"), "-c", str(door.folder / "nginx.conf"), "-g", f"{as_root}daemon off;"], stderr=subprocess.DEVNULL
    )
    try:
        wait_for_port(door.secure, nginx)
        page, body = door.ask("GET", "/login/")
        assert (page.status, page.headers["Retry-After"]) == (503, "10")
        assert "Sebentar" in body.decode()
        problem, _body = door.ask("GET", "/api/v1/cases/")
        assert (problem.status, problem.headers["Content-Type"].split(";")[0]) == (503, "application/problem+json")
    finally:
        nginx.terminate()
        nginx.wait(20)
