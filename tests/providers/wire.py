"""A local server that speaks OpenAI's chat-completions and embeddings wire, and misbehaves on request.

with OpenAIWire() as wire:
    wire.reply_with(lambda request: {"memories": []})   # what the model writes, request by request
    wire.script(error(429, "slow down"))                # these come first, one per request
    ... use wire.url as the base URL ...
    assert wire.requests[0].body["model"] == "any"
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any, Self

DIMENSIONS = 64


@dataclass(frozen=True)
class Received:
    """One request: the path below the base URL, its headers by lower-case name, its JSON."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """One HTTP answer; `delay` in seconds before it, `dropped` breaks the connection half-way through the body."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    dropped: bool = False


def answer(body: Any, **how: Any) -> Answer:
    """An answer with a JSON body."""
    return Answer(json.dumps(body).encode(), **how)


def chat(
    content: dict[str, Any] | str | None,
    *,
    finish_reason: str = "stop",
    refusal: str | None = None,
    model: str = "wire-model-1",
    tokens: tuple[int, int] = (11, 7),
    **how: Any,
) -> Answer:
    """What the model wrote: a dict is written as JSON, a string as it is; `tokens` in and out is what it cost."""
    text = json.dumps(content, ensure_ascii=False) if isinstance(content, dict) else content
    message = {"role": "assistant", "content": text, "refusal": refusal}
    return answer(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": model,
            "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}],
            "usage": {"prompt_tokens": tokens[0], "completion_tokens": tokens[1], "total_tokens": sum(tokens)},
        },
        **how,
    )


def embeddings(vectors: list[list[float]], *, order: list[int] | None = None, usage: Any = None, **how: Any) -> Answer:
    """One vector per text; `order` lists the indexes in the order they are sent."""
    rows = [{"object": "embedding", "index": i, "embedding": vectors[i]} for i in order or range(len(vectors))]
    return answer({"object": "list", "data": rows, "model": "wire-embedder-1", "usage": usage or {}}, **how)


def error(status: int, message: str, *, code: str | None = None, **how: Any) -> Answer:
    """An error as OpenAI words it."""
    return answer({"error": {"message": message, "type": code or "error", "code": code}}, status=status, **how)


def bag_of_words(text: str) -> list[float]:
    """A vector in which texts that share words are near: enough to search by in tests."""
    vector = [0.001] * DIMENSIONS
    for word in re.findall(r"\w+", text.lower()):
        vector[hashlib.sha256(word.encode()).digest()[0] % DIMENSIONS] += 1.0
    return vector


def shared_words(one: str, other: str) -> float:
    """The share of the first text's words that the second one has."""
    words, others = (set(re.findall(r"\w+", text.lower())) for text in (one, other))
    return len(words & others) / (len(words) or 1)


Reply = Callable[[dict[str, Any]], dict[str, Any] | str | Answer]


class OpenAIWire:
    """The server, as a context manager. What a reply raises, the `with` block raises at its end."""

    chat_path = "/chat/completions"

    def __init__(self) -> None:
        self.requests: list[Received] = []
        self._scripted: deque[Answer] = deque()
        self._reply: Reply = lambda request: {}
        self._failures: list[Exception] = []
        self._lock = Lock()
        self._closing = Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def url(self) -> str:
        """The base URL to give to a client."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def script(self, *answers: Answer) -> None:
        """Give these answers to the next requests of either kind, one each; then replies go on."""
        with self._lock:
            self._scripted.extend(answers)

    def reply_with(self, reply: Reply) -> None:
        """Answer each chat request with what `reply` makes of its JSON: content (dict or str), or a whole Answer."""
        self._reply = reply

    def error(self, status: int, message: str, *, code: str | None = None, **how: Any) -> Answer:
        """An error as this vendor words it."""
        return error(status, message, code=code, **how)

    def said(self, content: dict[str, Any] | str | None, **how: Any) -> Answer:
        """What the model wrote, as this vendor sends it."""
        return chat(content, **how)

    def reranked(self, request: dict[str, Any]) -> Answer:
        """The scores of a reranker that counts words in common, best first, as Cohere and its likes send them."""
        scores = [shared_words(request["query"], text) for text in request["documents"]]
        rows = [{"index": i, "relevance_score": score} for i, score in enumerate(scores)]
        rows.sort(key=lambda row: -row["relevance_score"])
        return answer({"id": "r", "results": rows[: request["top_n"]], "usage": {"total_tokens": 17}})

    @property
    def chats(self) -> list[dict[str, Any]]:
        """The JSON of the chat requests so far."""
        return [request.body for request in self.requests if request.path == self.chat_path]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        if self._failures and kind is None:
            raise self._failures[0]

    def _answer(self, request: Received) -> Answer:
        with self._lock:
            self.requests.append(request)
            if self._scripted:
                return self._scripted.popleft()
        if request.path == "/embeddings":
            return embeddings([bag_of_words(text) for text in request.body["input"]])
        if request.path == "/rerank":
            return self.reranked(request.body)
        if request.path != self.chat_path:
            return error(404, f"no such path: {request.path}")
        try:
            reply = self._reply(request.body)
        except Exception as failure:
            self._failures.append(failure)
            return error(500, f"the test's reply failed: {failure!r}")
        return reply if isinstance(reply, Answer) else self.said(reply)

    def _handler(wire) -> type[BaseHTTPRequestHandler]:  # noqa: N805 -- `self` is the request's
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                headers = {name.lower(): value for name, value in self.headers.items()}
                answer = wire._answer(Received(self.path.removeprefix("/v1"), headers, body))
                # Woken when the test ends, so that a long sleep does not hold it up.
                wire._closing.wait(answer.delay)
                # The client may have run out of patience, as the test wants.
                with suppress(BrokenPipeError, ConnectionResetError):
                    self._send(answer)

            def _send(self, answer: Answer) -> None:
                self.send_response(answer.status)
                for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body[: len(answer.body) // 2] if answer.dropped else answer.body)

            def log_message(self, *args: object) -> None:
                pass

        return Handler
