"""Addresses that somebody else chose."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from threading import Thread

import pytest

from providers.guarded_http import (
    DownloadInterrupted,
    DownloadRefused,
    ForbiddenAddress,
    PostFailed,
    download,
    guarded_client,
    is_public,
    post,
)
from tests.files import FileServer

LOOPBACK = ["127.0.0.0/8"]
TEXT = ("text/plain", "image/")


class Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, headers, body = {
            "/text": (200, {"Content-Type": "text/plain; charset=utf-8"}, b"hello"),
            "/picture": (200, {"Content-Type": "image/png"}, b"png"),
            "/long": (200, {"Content-Type": "text/plain"}, b"x" * 5000),
            "/typeless": (200, {}, b"?"),
            "/moved": (302, {"Location": "/text"}, b""),
            "/inside": (302, {"Location": "http://169.254.169.254/latest/meta-data/"}, b""),
            "/round": (302, {"Location": "/round"}, b""),
        }.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fd00:ec2::254",
        "::ffff:127.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "ff02::1",
    ],
)
def test_addresses_inside_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_addresses_of_the_internet_are(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"])
def test_this_machine_is_not_asked_however_it_is_written(site: str, host: str) -> None:
    with guarded_client(timeout=2) as client, pytest.raises((ForbiddenAddress, DownloadRefused)) as refused:
        download(client, f"{site.replace('127.0.0.1', host)}/text", max_bytes=100, kinds=TEXT)
    assert "200" not in str(refused.value)


def test_an_allowed_network_is(site: str) -> None:
    with guarded_client(timeout=2, allowed=LOOPBACK) as client:
        assert download(client, f"{site}/moved", max_bytes=100, kinds=TEXT).body == b"hello"
        assert download(client, f"{site}/picture", max_bytes=100, kinds=TEXT).content_type == "image/png"


def test_a_redirect_does_not_lead_inside(site: str) -> None:
    with guarded_client(timeout=2, allowed=LOOPBACK) as client, pytest.raises(ForbiddenAddress):
        download(client, f"{site}/inside", max_bytes=100, kinds=TEXT)


def test_a_name_that_changes_its_mind_is_checked_where_it_leads(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: what is checked is the address connected to, so there is no second look-up to fool."""
    port = int(site.rpartition(":")[2])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: [(2, 1, 6, "", ("127.0.0.1", port))])
    with guarded_client(timeout=2) as client, pytest.raises(ForbiddenAddress):
        download(client, f"http://innocent.example:{port}/text", max_bytes=100, kinds=TEXT)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/nothing", "answered 404"),
        ("/long", "longer than 100 bytes"),
        ("/typeless", "of no stated type"),
        ("/round", "could not be fetched"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_reason(site: str, path: str, reason: str) -> None:
    with guarded_client(timeout=2, allowed=LOOPBACK) as client, pytest.raises(DownloadRefused, match=reason):
        download(client, f"{site}{path}", max_bytes=100, kinds=TEXT)


def test_other_schemes_and_nonsense_are_refused() -> None:
    with guarded_client(timeout=2) as client:
        for url in ("file:///etc/passwd", "ftp://example.com/x", "no address", "http://"):
            with pytest.raises(DownloadRefused):
                download(client, url, max_bytes=100, kinds=TEXT)


def drip(sender: socket.socket, beginning: bytes) -> None:
    """Send a byte now and then, each sooner than the time-out of one read."""
    with suppress(OSError):
        sender.sendall(beginning)
        for _ in range(100):
            sender.sendall(b"x")
            time.sleep(0.05)


@pytest.mark.parametrize(
    "beginning", [b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Long: "]
)
def test_a_server_that_drips_is_left_when_the_time_is_over(beginning: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _address = server.accept()
            with connection:
                connection.recv(4096)
                drip(connection, beginning)

        thread = Thread(target=serve)
        thread.start()
        started = time.monotonic()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with (
            guarded_client(timeout=2, allowed=LOOPBACK) as client,
            pytest.raises(DownloadInterrupted, match="too long"),
        ):
            download(client, url, max_bytes=10_000, kinds=TEXT, seconds=0.5)
        assert time.monotonic() - started < 2
        thread.join()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_failure_of_the_server_may_pass(status: int) -> None:
    with FileServer() as files, guarded_client(timeout=2, allowed=LOOPBACK) as client:
        url = files.offer("/x", b"", "text/plain", status=status)
        with pytest.raises(DownloadInterrupted, match=str(status)):
            download(client, url, max_bytes=100, kinds=TEXT)


def test_a_server_that_is_away_may_come_back() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with guarded_client(timeout=2, allowed=LOOPBACK) as client, pytest.raises(DownloadInterrupted):
        download(client, f"http://127.0.0.1:{port}/", max_bytes=100, kinds=TEXT)


def test_what_will_not_pass_is_no_interruption(site: str) -> None:
    with guarded_client(timeout=2, allowed=LOOPBACK) as client, pytest.raises(DownloadRefused) as refused:
        download(client, f"{site}/nothing", max_bytes=100, kinds=TEXT)
    assert not isinstance(refused.value, DownloadInterrupted)


def test_the_charset_of_a_text_is_told(site: str) -> None:
    with guarded_client(timeout=2, allowed=LOOPBACK) as client:
        assert download(client, f"{site}/text", max_bytes=100, kinds=TEXT).charset == "utf-8"
        assert download(client, f"{site}/picture", max_bytes=100, kinds=TEXT).charset == ""


@pytest.fixture
def trickle() -> Iterator[str]:
    """A server that sends a byte of its headers now and then, for as long as somebody listens."""

    def serve(listening: socket.socket) -> None:
        connection, _peer = listening.accept()
        with connection, contextlib.suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while True:
                connection.sendall(b"x")
                time.sleep(0.1)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        Thread(target=serve, args=[listening], daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"


def test_a_server_that_trickles_is_left_when_the_time_is_over(trickle: str) -> None:
    began = time.monotonic()
    with guarded_client(timeout=2, allowed=LOOPBACK) as client, pytest.raises(PostFailed, match="no answer within"):
        post(client, trickle, body=b"{}", headers={}, max_bytes=10, seconds=0.5)
    assert time.monotonic() - began < 2


def test_a_post_does_not_go_inside() -> None:
    with guarded_client(timeout=2) as client, pytest.raises(ForbiddenAddress):
        post(client, "http://127.0.0.1:1/", body=b"{}", headers={}, max_bytes=10, seconds=1)
