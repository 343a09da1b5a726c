"""HTTP to addresses that somebody else chose, such as webhooks and links: never into this machine's own network.

Every connection is checked when it is made, on the address that it is made to. So a redirect, or a name that
resolves to something else the second time (DNS rebinding), meets the same check as the first request. See
https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

import httpcore2
import httpx2

Network = IPv4Network | IPv6Network
MAX_REDIRECTS = 3
NAT64 = ip_network("64:ff9b::/96")


class ForbiddenAddress(Exception):
    """The address is not one that may be asked; the message says why and what the operator can do."""


class DownloadRefused(Exception):
    """What is at the address is too large, of another kind, or not there."""


class DownloadInterrupted(DownloadRefused):
    """The server is away, too slow or in trouble of its own: the same download may succeed later."""


class PostFailed(Exception):
    """The server did not answer; the message says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered to a post: its status, its Retry-After header or "", the beginning of its body."""

    status: int
    retry_after: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Download:
    """What was at an address; `charset` is what the server says of a text, "" when it doesn't."""

    body: bytes
    content_type: str
    charset: str = ""


def guarded_client(*, timeout: float, allowed: Iterable[str] = (), **options: Any) -> httpx2.Client:
    """Return an HTTP client that only connects to public addresses and to the networks in `allowed` (CIDR).

    `timeout` is in seconds, for each read and for connecting. The environment's proxies are not used: a proxy
    would make the connection in our stead, unchecked.
    """
    networks = [ip_network(network, strict=False) for network in allowed]
    return httpx2.Client(
        transport=_GuardedTransport(networks), timeout=timeout, max_redirects=MAX_REDIRECTS, trust_env=False, **options
    )


def download(
    client: httpx2.Client, url: str, *, max_bytes: int, kinds: Sequence[str], seconds: float = 30.0
) -> Download:
    """Return what is at `url`, following redirects.

    `kinds` are the media types allowed, `image/` standing for all that begin so. Raises ForbiddenAddress, or
    DownloadRefused when the answer is no success, of another kind or longer than `max_bytes`; of these
    DownloadInterrupted when it takes more than `seconds` altogether or fails in a way that may pass.
    """
    try:
        with _deadline(seconds), client.stream("GET", url, follow_redirects=True) as answer:
            _check_status(answer.status_code)
            kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            if not any(kind == wanted or (wanted.endswith("/") and kind.startswith(wanted)) for wanted in kinds):
                raise DownloadRefused(f"It is {kind or 'of no stated type'}, not {' or '.join(kinds)}.")
            return Download(_read(answer, max_bytes), kind, answer.charset_encoding or "")
    except httpx2.TimeoutException as error:
        raise DownloadInterrupted("It took too long.") from error
    except (httpx2.NetworkError, httpx2.RemoteProtocolError) as error:
        raise DownloadInterrupted(f"It could not be fetched: {error or type(error).__name__}.") from error
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise DownloadRefused(f"It could not be fetched: {error or type(error).__name__}.") from error


def _check_status(status: int) -> None:
    if status >= 500 or status in (408, 425, 429):
        raise DownloadInterrupted(f"The server answered {status}.")
    if status != httpx2.codes.OK:
        raise DownloadRefused(f"The server answered {status}.")


def _read(answer: httpx2.Response, max_bytes: int) -> bytes:
    body = bytearray()
    for chunk in answer.iter_bytes():
        body += chunk
        if len(body) > max_bytes:
            raise DownloadRefused(f"It is longer than {max_bytes} bytes.")
    return bytes(body)


def post(
    client: httpx2.Client, url: str, *, body: bytes, headers: Mapping[str, str], max_bytes: int, seconds: float
) -> Answer:
    """Post `body` and return the answer, whatever its status; redirects are not followed.

    At most `max_bytes` of the answer are read, as they come over the wire. Raises ForbiddenAddress, or PostFailed
    when there is no answer within `seconds` altogether.
    """
    try:
        with (
            _deadline(seconds),
            client.stream("POST", url, content=body, headers=dict(headers), follow_redirects=False) as answer,
        ):
            return Answer(answer.status_code, answer.headers.get("Retry-After", ""), _beginning(answer, max_bytes))
    except httpx2.TimeoutException as error:
        raise PostFailed(f"There was no answer within {seconds:g} seconds.") from error
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise PostFailed(f"There was no answer: {error or type(error).__name__}.") from error


def _beginning(answer: httpx2.Response, max_bytes: int) -> bytes:
    body = bytearray()
    # The status is known by now; a body that breaks off changes nothing about it.
    with suppress(httpx2.HTTPError):
        for chunk in answer.iter_raw():
            body += chunk
            if len(body) >= max_bytes:
                break
    return bytes(body[:max_bytes])


# When the exchange that runs in this thread must be over. Each read and write of a connection asks for it, for
# a server that sends one byte now and then would never meet the time-out of a single read.
_over_at: ContextVar[float | None] = ContextVar("over_at", default=None)


@contextmanager
def _deadline(seconds: float) -> Iterator[None]:
    token = _over_at.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _over_at.reset(token)


def _remaining(timeout: float | None) -> float | None:
    """Return the seconds that a step may take: `timeout`, or what is left if that is less."""
    over_at = _over_at.get()
    if over_at is None:
        return timeout
    left = over_at - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("The time allowed is over.")
    return left if timeout is None else min(timeout, left)


class _GuardedTransport(httpx2.HTTPTransport):
    def __init__(self, allowed: Sequence[Network]) -> None:
        context = httpx2.create_ssl_context(trust_env=False)
        super().__init__(verify=context, trust_env=False)
        # httpx2 has no argument for the network backend, which is where a connection's real address is known.
        self._pool = httpcore2.ConnectionPool(ssl_context=context, network_backend=_GuardedBackend(allowed))


class _GuardedBackend(httpcore2.NetworkBackend):
    """Resolves a name itself, checks the addresses, and connects to one that passed."""

    def __init__(self, allowed: Sequence[Network]) -> None:
        self._allowed = allowed
        self._backend = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore2.NetworkStream:
        error: Exception = ForbiddenAddress(
            f"{host} is an address of a private network, which is not asked. "
            "The operator can allow one with OUTBOUND_ALLOWED_NETWORKS."
        )
        for address in _resolve(host, port):
            if not is_public(address) and not any(address in network for network in self._allowed):
                continue
            try:
                return _GuardedStream(
                    self._backend.connect_tcp(str(address), port, _remaining(timeout), local_address, socket_options)
                )
            except httpcore2.ConnectError as failure:
                error = failure
        raise error

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Any = None
    ) -> httpcore2.NetworkStream:
        raise ForbiddenAddress("Unix sockets are not asked.")


class _GuardedStream(httpcore2.NetworkStream):
    """A connection whose every step keeps to the exchange's deadline."""

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _remaining(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _remaining(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _GuardedStream(self._stream.start_tls(ssl_context, server_hostname, _remaining(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _resolve(host: str, port: int) -> list[IPv4Address | IPv6Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpcore2.ConnectError(f"{host} has no address: {error}") from error
    return [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether `address` is one of the public internet, also when it is an IPv4 address inside an IPv6 one."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved
