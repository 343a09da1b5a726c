"""The command line `mem0`."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conformance import table
from tests.conformance.clients import DRIVERS, INSTALLED, QUIET
from tests.product.running import Product, eventually

Run = Callable[..., Any]
PROGRAM = INSTALLED / "cli" / "bin" / "mem0"
CALLED: set[str] = set()
GROUPS = ("entity", "event", "config")


def method(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.method(*names, client="CLI")


@pytest.fixture(scope="module")
def program() -> Path:
    """The command line, whose commands are taken down."""
    if not PROGRAM.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("mem0-cli is not installed")
        pytest.skip("mem0's command line could not be installed")
    listed = subprocess.check_output([PROGRAM.with_name("python"), DRIVERS / "cli_commands.py"], text=True)
    table.watch("CLI", set(json.loads(listed)), CALLED)
    return PROGRAM


@pytest.fixture
def environ(product: Product, tmp_path: Path) -> dict[str, str]:
    home = {**os.environ, **QUIET, "HOME": str(tmp_path), "COLUMNS": "200"}
    return home | {"MEM0_API_KEY": product.api_key, "MEM0_BASE_URL": product.url}


@pytest.fixture
def mem0(program: Path, environ: dict[str, str]) -> Run:
    def run(*arguments: str, output: str = "json") -> Any:
        command = [str(program), *arguments, *(["--output", output] if output else [])]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        CALLED.add(" ".join(arguments[: 2 if arguments[0] in GROUPS else 1]))
        return json.loads(done.stdout) if output == "json" else done.stdout

    return run


def data(answer: Any) -> Any:
    """What the command has to say; some wrap it."""
    while isinstance(answer, dict) and (inner := answer.get("data", answer.get("results"))) is not None:
        answer = inner
    return answer


def texts(answer: Any) -> list[str]:
    return [memory["memory"] for memory in data(answer)]


@method("ping")
def test_status(mem0: Run) -> None:
    assert "● Connected" in mem0("status", output="")


@method("add", "event", "events", "get", "get_all", "search")
def test_a_conversation_becomes_a_memory(mem0: Run, person: str) -> None:
    mem0("add", "I am allergic to peanuts.", "--user-id", person)
    found = eventually(lambda: data(mem0("search", "peanut allergy", "--user-id", person)))
    assert [memory["memory"] for memory in found] == ["I am allergic to peanuts."]
    assert texts(mem0("list", "--user-id", person)) == ["I am allergic to peanuts."]
    assert "I am allergic to peanuts." in str(mem0("get", found[0]["id"]))
    events = data(mem0("event", "list"))
    assert events[0]["status"] == "SUCCEEDED"
    assert "SUCCEEDED" in str(mem0("event", "status", events[0]["id"]))


@method("add", "update", "delete")
def test_a_memory_is_changed_and_deleted(mem0: Run, person: str) -> None:
    mem0("add", "I live in Paris", "--user-id", person, "--no-infer", "--metadata", '{"kind": "home"}')
    (memory,) = data(mem0("list", "--user-id", person))
    assert memory["memory"] == "I live in Paris"
    mem0("update", memory["id"], "I live in Osaka")
    assert texts(mem0("list", "--user-id", person)) == ["I live in Osaka"]
    mem0("delete", memory["id"], "--force")
    assert data(mem0("list", "--user-id", person)) == []


@method("delete_all", "users", "delete_users")
def test_everything_of_a_person_is_deleted(mem0: Run, person: str) -> None:
    for text in ("One", "Two"):
        mem0("add", text, "--user-id", person, "--no-infer")
    mem0("delete", "--all", "--user-id", person, "--force")
    assert data(mem0("list", "--user-id", person)) == []
    assert person in str(mem0("entity", "list", "users"))
    mem0("entity", "delete", "--user-id", person, "--force")
    assert person not in str(mem0("entity", "list", "users"))


@method("delete_all")
def test_everything_of_the_project_is_deleted(mem0: Run, person: str) -> None:
    mem0("add", "One", "--user-id", person, "--no-infer")
    mem0("delete", "--all", "--project", "--force")
    assert data(mem0("list", "--user-id", person)) == []


@method("init", "config", "ping")
def test_host_and_key_are_kept_in_its_configuration(mem0: Run, environ: dict[str, str], person: str) -> None:
    key, url = environ.pop("MEM0_API_KEY"), environ["MEM0_BASE_URL"]
    mem0("init", "--api-key", key, "--user-id", person, output="")
    del environ["MEM0_BASE_URL"]
    assert "● Connected" in mem0("status", output="")
    mem0("config", "set", "platform.base_url", "http://127.0.0.1:9", output="")
    assert "● Disconnected" in mem0("status", output="")
    mem0("config", "set", "platform.base_url", url, output="")
    assert mem0("config", "get", "platform.base_url", output="").strip().endswith(url)
    assert data(mem0("config", "show"))["platform"]["base_url"] == url
    mem0("add", "I keep bees.", "--no-infer")
    assert texts(mem0("list")) == ["I keep bees."]


@method("import")
def test_a_file_is_imported(mem0: Run, person: str, tmp_path: Path) -> None:
    file = tmp_path / "memories.json"
    file.write_text(json.dumps([{"memory": "I keep bees."}, {"memory": "I play the cello."}]))
    mem0("import", str(file), "--user-id", person)
    kept = eventually(lambda: len(found := texts(mem0("list", "--user-id", person))) == 2 and sorted(found))
    assert kept == ["I keep bees.", "I play the cello."]
