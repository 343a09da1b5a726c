"""The whole product as its users run it: `manage.py up` in a folder and on a port of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psutil

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
T = TypeVar("T")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(look: Callable[[], T], *, seconds: float = 20, every: float = 0.1) -> T:
    """Return the first truthy answer of `look`; fail with its last one."""
    deadline = time.monotonic() + seconds
    while not (answer := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"Still {answer!r} after {seconds} s.")
        time.sleep(every)
    return answer


@dataclass
class Product:
    """A running MemoryHub. `log` is what it has printed."""

    data: Path
    port: int
    process: subprocess.Popen[bytes]
    output: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def account(self) -> dict[str, str]:
        return dict(json.loads((self.data / "first-run.json").read_text()))

    @property
    def api_key(self) -> str:
        return self.account["api_key"]

    @property
    def log(self) -> str:
        return self.output.read_text(errors="replace")

    def http(self, key: str = "", **options: Any) -> httpx.Client:
        """Return a plain HTTP client with an API key."""
        headers = {"Authorization": f"Token {key or self.api_key}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30, **options)

    def event(self, event_id: str) -> dict[str, Any]:
        with self.http() as http:
            return dict(http.get(f"/v1/event/{event_id}/").raise_for_status().json())

    def finished(self, event_id: str, *, seconds: float = 20) -> dict[str, Any]:
        """Wait until the event has succeeded or failed, and return it."""
        return eventually(lambda: _if_done(self.event(event_id)), seconds=seconds, every=0.05)

    def manage(self, *arguments: str, **settings: str) -> str:
        """Run a management command beside the running product and return what it prints."""
        command = [sys.executable, "manage.py", *arguments]
        env = environment(self.data, self.port, **settings)
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def find(self, *words: str) -> psutil.Process:
        """Return the child process whose command line has all of `words`."""
        for process in psutil.Process(self.process.pid).children(recursive=False):
            if all(word in process.cmdline() for word in words):
                return process
        raise AssertionError(f"No child runs {' '.join(words)}.")

    def stop(self, sig: int = signal.SIGINT) -> int:
        self.process.send_signal(sig)
        return self.process.wait(timeout=40)


def _if_done(event: dict[str, Any]) -> dict[str, Any] | None:
    return event if event["status"] in ("SUCCEEDED", "FAILED") else None


def environment(data: Path, port: int, **more: str) -> dict[str, str]:
    """Return the environment of a product that knows nothing of the tests'."""
    hidden = ("CELERY_", "DATABASE_", "SECRET_KEY", "EVENT_", "DJANGO_", "OPENAI_", "EMBEDDING_", "RERANK_", "PYTEST_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    return {**clean, "MEMORYHUB_DATA": str(data), "PORT": str(port), "HOST": "127.0.0.1", **more}


def start(data: Path, port: int, **settings: str) -> subprocess.Popen[bytes]:
    """Start the product and return at once; what it prints goes to a file beside its folder."""
    data.mkdir(parents=True, exist_ok=True)
    with (data.parent / f"{data.name}.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "manage.py", "up"],
            cwd=ROOT,
            env=environment(data, port, **settings),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def launch(data: Path, *, port: int | None = None, **settings: str) -> Product:
    """Start the product and return once it says that it is up."""
    port = port or free_port()
    process = start(data, port, **settings)
    product = Product(data=data, port=port, process=process, output=data.parent / f"{data.name}.log")
    try:
        eventually(lambda: "MemoryHub is up" in product.log or process.poll() is not None, seconds=START_SECONDS)
        assert process.poll() is None, product.log
    except AssertionError:
        process.kill()
        raise AssertionError(product.log) from None
    return product


@contextmanager
def running(data: Path, **settings: str) -> Iterator[Product]:
    """Run the product for the length of a block."""
    product = launch(data, **settings)
    try:
        yield product
    finally:
        if product.process.poll() is None:
            product.stop()
