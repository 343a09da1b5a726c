"""Many requests over kept connections, by a client that costs little beside the server it measures."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Thread

from benchmarks.report import percentile

NEWLINES = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Load:
    """How a server bore up: seconds of each request, and of all of them together."""

    seconds: list[float]
    elapsed: float

    @property
    def per_second(self) -> float:
        """Return the requests answered in a second."""
        return len(self.seconds) / self.elapsed

    def milliseconds(self, share: float) -> float:
        """Return the time within which `share` (0..1) of the requests were answered."""
        return percentile(self.seconds, share) * 1000


def request(method: str, path: str, *, host: str, key: str, body: bytes = b"") -> bytes:
    """Return the bytes of an HTTP/1.1 request."""
    head = [f"{method} {path} HTTP/1.1", f"Host: {host}", f"Authorization: Token {key}"]
    head += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(head).encode() + NEWLINES + body


def run(address: tuple[str, int], requests: Sequence[bytes], *, clients: int) -> Load:
    """Send the requests by `clients` at once; raise RuntimeError at an answer that is no success.

    Whoever has its answer takes the next request, as with ab and wrk: were each given its share, the end would be a
    wait for the one whose connection fell to the process that has most of them.
    """
    times: list[list[float]] = [[] for _ in range(clients)]
    failures: list[str] = []
    left = iter(requests)
    threads = [Thread(target=_client, args=(address, left, each, failures)) for each in times]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - start
    if failures:
        raise RuntimeError(failures[0])
    return Load([second for each in times for second in each], elapsed)


def _client(address: tuple[str, int], requests: Iterator[bytes], times: list[float], failures: list[str]) -> None:
    try:
        _send(address, requests, times, failures)
    except OSError as error:
        failures.append(str(error))


def _send(address: tuple[str, int], requests: Iterator[bytes], times: list[float], failures: list[str]) -> None:
    with socket.create_connection(address) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for data in requests:
            start = time.perf_counter()
            connection.sendall(data)
            answer = _answer(connection)
            times.append(time.perf_counter() - start)
            if not answer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201")):
                failures.append(answer[:500].decode(errors="replace"))
                return


def _answer(connection: socket.socket) -> bytes:
    answer = bytearray()
    end = length = -1
    while end < 0 or len(answer) < end + length:
        block = connection.recv(262144)
        if not block:
            break
        answer += block
        if end < 0 and (found := answer.find(NEWLINES)) >= 0:
            end = found + len(NEWLINES)
            length = _length(bytes(answer[:found]))
    return bytes(answer)


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0
