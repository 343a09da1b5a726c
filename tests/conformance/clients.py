"""mem0's clients as processes, each in an environment of its own, behind one way of calling them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DRIVERS = Path(__file__).parent / "drivers"
INSTALLED = ROOT / ".venv" / "clients"
QUIET = {"MEM0_TELEMETRY": "False", "MEM0_DIR": str(ROOT / "var" / "test" / "mem0"), "NO_COLOR": "1"}


class ClientError(Exception):
    """What the client raised: its own kind of error, and its message."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind


class Absent(Exception):
    """The client is not installed."""


class Client:
    """A client that answers calls. Methods and options are named as in Python's client."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name = name
        self._process = subprocess.Popen(
            command,
            env={**os.environ, **QUIET},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise ClientError("Gone", f"{name} didn't start: {self._process.wait()}")
        self.methods = {self.spelled(method) for method in json.loads(line)}
        self.called: set[str] = set()

    def spelled(self, method: str) -> str:
        """Return the name of a method as Python's client has it."""
        return method

    def call(self, method: str, *args: Any, **options: Any) -> Any:
        """Return what the client returns; raise ClientError for what it raises."""
        assert self._process.stdin and self._process.stdout
        self.called.add(method)
        self._process.stdin.write(json.dumps(self.written(method, list(args), options)) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise ClientError("Gone", f"{self.name} ended with {self._process.wait()}")
        outcome = json.loads(line)
        if "error" in outcome:
            raise ClientError(outcome["error"], outcome["message"])
        return outcome["result"]

    def written(self, method: str, args: list[Any], options: dict[str, Any]) -> dict[str, Any]:
        return {"method": method, "args": args, "kwargs": options}

    def close(self) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.terminate()
        self._process.wait()

    @property
    def is_python(self) -> bool:
        return True


class TypeScript(Client):
    """Options become the last argument; version 3 writes them in camel case."""

    @property
    def is_python(self) -> bool:
        return False

    def spelled(self, method: str) -> str:
        return snake(method)

    def written(self, method: str, args: list[Any], options: dict[str, Any]) -> dict[str, Any]:
        # Version 2 has camel case for webhooks already, and the deprecated `deleteUser` has none in version 3.
        if method.endswith(("webhook", "webhooks")) or (self.name == "TypeScript 3" and method != "delete_user"):
            options = {camel(key): value for key, value in options.items()}
        return {"method": camel(method), "args": [*args, options] if options else args}


def camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)


def snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda match: f"_{match[0].lower()}", name)


def plain(answer: Any) -> Any:
    """Return an answer with its keys as the server wrote them; TypeScript 3 hands them on in camel case."""
    if isinstance(answer, dict):
        return {snake(key): plain(value) for key, value in answer.items()}
    return [plain(item) for item in answer] if isinstance(answer, list) else answer


def start(name: str, host: str, key: str, *more: str) -> Client:
    """Start the client called `name`; raise Absent if it is not installed."""
    if name == "LlamaIndex":
        return Client(name, [_installed("llamaindex/bin/python"), _driver("llamaindex_driver.py"), host, key, *more])
    if name.startswith("Python"):
        python = sys.executable if name.startswith("Python 2") else _installed("py1/bin/python")
        kind = "async" if name.endswith("async") else "sync"
        return Client(name, [python, _driver("python_driver.py"), kind, host, key])
    node = shutil.which("node")
    if node is None:
        raise Absent("node")
    folder = _installed({"TypeScript 2": "ts2", "TypeScript 3": "ts3", "LangChain": "langchain"}[name])
    driver = _driver("langchain_driver.mjs" if name == "LangChain" else "node_driver.mjs")
    return TypeScript(name, [node, driver, folder, host, key, *more])


def _driver(name: str) -> str:
    return str(DRIVERS / name)


def _installed(path: str) -> str:
    found = INSTALLED / path
    if not found.exists():
        raise Absent(path)
    return str(found)


PYTHON = ("Python 1", "Python 1 async", "Python 2", "Python 2 async")
TYPESCRIPT = ("TypeScript 2", "TypeScript 3")
NAMES = (*PYTHON, *TYPESCRIPT)
# The versions that know of profiles.
NEWEST = ("Python 2", "Python 2 async", "TypeScript 3")
