"""A first look at an address that somebody asks us to call, when they enter it.

It spares them a surprise later. What decides is the check at each connection, in guarded_http.py: a name can
lead somewhere else by then.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import httpx2

from providers.guarded_http import ForbiddenAddress, is_public

LAST_PORT = 65535
LOOPBACK = IPv4Address("127.0.0.1")


def check_url(url: str, *, allowed: Iterable[str] = ()) -> None:
    """Raise ForbiddenAddress unless `url` is http(s) and not plainly within a private network that isn't `allowed`.

    No name is resolved, so this takes no time; `localhost` is known without.
    """
    try:
        parts = httpx2.URL(url)
    except httpx2.InvalidURL as error:
        raise ForbiddenAddress(f"This is not an address: {error}.") from error
    if parts.scheme not in ("http", "https") or not parts.host or any(sign.isspace() for sign in url):
        raise ForbiddenAddress("The address must begin with https:// or http:// and name a server.")
    if parts.port is not None and not 0 < parts.port <= LAST_PORT:
        raise ForbiddenAddress(f"There is no port {parts.port}.")
    if parts.userinfo:
        raise ForbiddenAddress("The address must not hold a user name or password: it is shown to others.")
    address = _literal(parts.host)
    if address is None or is_public(address) or any(address in ip_network(n, strict=False) for n in allowed):
        return
    raise ForbiddenAddress(
        f"{parts.host} is an address of a private network, which is not asked. "
        "The operator can allow one with OUTBOUND_ALLOWED_NETWORKS."
    )


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    """Return the address that `host` spells out, in any of the ways that resolvers take; None for a name."""
    host = host.rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return LOOPBACK
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except OSError:
        return None
