"""A local server that receives webhooks as an app would, and misbehaves on request.

with Receiver() as receiver:
    receiver.script(Reply(500), Reply(410))   # these come first, one per request; then 200
    ... set a webhook up at receiver.url ...
    assert receiver.verified(secret)[0] == {"event_details": …}
"""

from __future__ import annotations

import json
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any, Self

from standardwebhooks import Webhook as Verifier

LOOPBACK = ["127.0.0.0/8"]


@dataclass(frozen=True)
class Received:
    """One request: its path, its headers by lower-case name, its body."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.body))


@dataclass(frozen=True)
class Reply:
    """One answer; `delay` in seconds before it, and `drip` before each byte of its body."""

    status: int = 200
    body: bytes = b"ok"
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drip: float = 0.0


class Receiver:
    """The server, as a context manager."""

    def __init__(self) -> None:
        self.requests: list[Received] = []
        self._replies: deque[Reply] = deque()
        self._lock = Lock()
        self._closing = Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/hook"

    def script(self, *replies: Reply) -> None:
        """Give these answers to the next requests, one each."""
        with self._lock:
            self._replies.extend(replies)

    def verified(self, secret: str) -> list[dict[str, Any]]:
        """Return the bodies of all requests, each verified by Standard Webhooks' own library."""
        return [Verifier(secret).verify(request.body, request.headers) for request in self.requests]

    @property
    def told(self) -> list[dict[str, Any]]:
        """The details of each request."""
        return [request.json["event_details"] for request in self.requests]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *rest: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _next(self, request: Received) -> Reply:
        with self._lock:
            self.requests.append(request)
            return self._replies.popleft() if self._replies else Reply()

    def _handler(receiver) -> type[BaseHTTPRequestHandler]:  # noqa: N805 -- `self` is the request's
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                reply = receiver._next(Received(self.path, headers, body))
                # Woken when the test ends; the sender may have run out of patience, as the test wants.
                receiver._closing.wait(reply.delay)
                with suppress(BrokenPipeError, ConnectionResetError):
                    self._answer(reply)

            def _answer(self, reply: Reply) -> None:
                self.send_response(reply.status)
                for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                if not reply.drip:
                    self.wfile.write(reply.body)
                    return
                for byte in reply.body:
                    self.wfile.write(bytes([byte]))
                    if receiver._closing.wait(reply.drip):
                        return

            def log_message(self, *args: object) -> None:
                pass

        return Handler
