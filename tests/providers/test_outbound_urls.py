"""What is refused when an address is entered, before anything is asked."""

from __future__ import annotations

import pytest

from providers.guarded_http import ForbiddenAddress
from providers.outbound_urls import check_url


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/hook?a=b",
        "http://example.com:8080",
        "https://8.8.8.8/",
        "https://[2606:4700::1111]/",
        "https://例え.jp/hook",
        "https://10.example.com/",
        "https://intranet/",
    ],
)
def test_public_addresses_and_names_pass(url: str) -> None:
    check_url(url)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "LOCALHOST.",
        "app.localhost",
        "2130706433",
        "0x7f.1",
        "127.1",
        "0177.0.0.1",
        "0.0.0.0",
        "10.1.2.3",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "[::1]",
        "[::]",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "[::ffff:10.0.0.1]",
    ],
)
def test_plainly_private_ones_do_not(host: str) -> None:
    with pytest.raises(ForbiddenAddress):
        check_url(f"http://{host}:8000/hook")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1"])
def test_unless_their_network_is_allowed(host: str) -> None:
    check_url(f"http://{host}/", allowed=["127.0.0.0/8"])
    with pytest.raises(ForbiddenAddress, match="OUTBOUND_ALLOWED_NETWORKS"):
        check_url(f"http://{host}/", allowed=["10.0.0.0/8"])


@pytest.mark.parametrize(
    "url", ["", "hook", "ftp://example.com", "file:///etc/passwd", "javascript:alert(1)", "https://", "http://a b/"]
)
def test_what_is_no_address_of_the_web_is_refused(url: str) -> None:
    with pytest.raises(ForbiddenAddress):
        check_url(url)


def test_credentials_do_not_belong_in_it() -> None:
    with pytest.raises(ForbiddenAddress, match="password"):
        check_url("https://ann:secret@example.com/")


@pytest.mark.parametrize("port", ["0", "65536"])
def test_a_port_must_be_one(port: str) -> None:
    check_url("https://example.com:1/hook")
    check_url("https://example.com:65535/hook")
    with pytest.raises(ForbiddenAddress, match=f"There is no port {port}"):
        check_url(f"https://example.com:{port}/hook")
