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

    def call(self, method: str, *args: Any, **options: Any) -> Any:
        """Return what the client returns; raise ClientError for what it raises."""
        assert self._process.stdin and self._process.stdout
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

    def written(self, method: str, args: list[Any], options: dict[str, Any]) -> dict[str, Any]:
        if self.name == "TypeScript 3":
            options = {camel(key): value for key, value in options.items()}
        return {"method": camel(method), "args": [*args, options] if options else args}


def camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)


def start(name: str, host: str, key: str) -> Client:
    """Start the client called `name`; raise Absent if it is not installed."""
    if name in ("Python 2", "Python 2 async"):
        return Client(name, [sys.executable, *_python_driver(name, host, key)])
    if name in ("Python 1", "Python 1 async"):
        return Client(name, [str(_installed("py1/bin/python")), *_python_driver(name, host, key)])
    node = shutil.which("node")
    folder = _installed("ts2" if name == "TypeScript 2" else "ts3")
    if node is None:
        raise Absent("node")
    return TypeScript(name, [node, str(DRIVERS / "node_driver.mjs"), str(folder), host, key])


def _python_driver(name: str, host: str, key: str) -> list[str]:
    return [str(DRIVERS / "python_driver.py"), "async" if name.endswith("async") else "sync", host, key]


def _installed(path: str) -> Path:
    found = INSTALLED / path
    if not found.exists():
        raise Absent(str(found))
    return found


NAMES = ("Python 1", "Python 1 async", "Python 2", "Python 2 async", "TypeScript 2", "TypeScript 3")
