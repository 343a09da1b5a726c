"""Starting, stopping, being killed, and what is said when a start is not possible."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from memoryhub import embedded_postgres
from tests.product.running import ROOT, Product, environment, eventually, free_port, launch, running, start


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def failed_start(data: Path, port: int | None = None, **settings: str) -> str:
    """Start the product where it can't start; return what it says."""
    done = subprocess.run(
        [sys.executable, "manage.py", "up"],
        cwd=ROOT,
        env=environment(data, port or free_port(), **settings),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    return done.stderr


def family(product: Product) -> list[psutil.Process]:
    """Every process of the product, Postgres included."""
    ours = psutil.Process(product.process.pid).children(recursive=True)
    return ours + [
        p for p in psutil.process_iter(["cmdline"]) if str(product.data) in " ".join(p.info["cmdline"] or [])
    ]


def add(product: Product, text: str, person: str = "ann") -> str:
    with product.http() as http:
        body = {"messages": text, "user_id": person, "infer": False}
        return str(http.post("/v3/memories/add/", json=body).raise_for_status().json()["results"][0]["id"])


def read(product: Product, memory_id: str) -> str:
    with product.http() as http:
        return str(http.get(f"/v1/memories/{memory_id}/").raise_for_status().json()["memory"])


def test_first_run_says_how_to_sign_in_and_a_second_finds_everything_as_it_was(data: Path) -> None:
    with running(data) as product:
        account = product.account
        assert set(account) == {"url", "email", "password", "api_key", "org_id", "project_id"}
        assert stat.S_IMODE((data / "first-run.json").stat().st_mode) == 0o600
        assert account["url"] == product.url
        for key in ("url", "email", "password", "api_key"):
            assert account[key] in product.log
        memory_id = add(product, "I keep bees")
        for words in (("memoryhub.web",), ("worker",), ("beat",)):
            assert product.find(*words).is_running()
        everything = family(product)
        assert product.stop(signal.SIGINT) == 0
        assert "starting it again" not in product.log
    assert psutil.wait_procs(everything, timeout=5)[1] == []
    with running(data) as product:
        assert product.account == account
        assert account["password"] not in product.log
        assert read(product, memory_id) == "I keep bees"
        everything = family(product)
        assert product.stop(signal.SIGTERM) == 0
    assert psutil.wait_procs(everything, timeout=5)[1] == []


def test_a_killed_one_leaves_no_strays_and_recovers(data: Path) -> None:
    product = launch(data)
    memory_id = add(product, "I keep bees")
    children = psutil.Process(product.process.pid).children(recursive=True)
    product.stop(signal.SIGKILL)
    assert psutil.wait_procs(children, timeout=20)[1] == []
    with running(data) as product:
        assert read(product, memory_id) == "I keep bees"
    assert not embedded_postgres.is_running(data / "postgres")


def test_children_that_die_are_replaced(data: Path) -> None:
    with running(data) as product:
        for words in (("worker",), ("memoryhub.web",)):
            child = product.find(*words)
            child.kill()
            eventually(lambda words=words, pid=child.pid: replaced(product, words, pid))
        with product.http() as http:
            answer = eventually(lambda: _posted(http))
        assert product.finished(answer["event_id"])["status"] == "SUCCEEDED"


def test_it_stops_as_well_while_it_is_still_starting(data: Path) -> None:
    launch(data).stop()
    for seconds in (0.2, 0.5, 1.0):
        process = start(data, free_port())
        eventually(lambda pid=process.pid: any("memoryhub.web" in words for words in command_lines(pid)))
        time.sleep(seconds)
        everything = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=40) == 0
        assert psutil.wait_procs(everything, timeout=5)[1] == []
        log = (data.parent / f"{data.name}.log").read_text()
        assert "killed" not in log.lower()
        assert "refused" not in log


def command_lines(pid: int) -> list[list[str]]:
    """Return those of the children; one that has ended meanwhile has none."""
    found = []
    for process in psutil.Process(pid).children():
        with contextlib.suppress(psutil.NoSuchProcess):
            found.append(process.cmdline())
    return found


def test_a_web_server_whose_master_is_killed_leaves_the_port(data: Path) -> None:
    with running(data) as product:
        master = product.find("memoryhub.web")
        workers = master.children()
        assert workers
        master.kill()
        assert psutil.wait_procs(workers, timeout=10)[1] == []


def replaced(product: Product, words: tuple[str, ...], pid: int) -> bool:
    try:
        return product.find(*words).pid != pid
    except (AssertionError, psutil.Error):
        return False


def _posted(http):
    import httpx

    try:
        answer = http.post("/v3/memories/add/", json={"messages": "I keep bees.", "user_id": "ann"})
    except httpx.TransportError:
        return None
    return answer.json() if answer.status_code == 200 else None


def test_a_taken_port_is_named_with_a_way_out(data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = failed_start(data, port)
    assert f"Cannot listen on 127.0.0.1:{port}" in said
    assert f"PORT={port + 1} make run" in said


def test_a_folder_that_cannot_be_written_is_named_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = failed_start(tmp_path / "file" / "data")
    assert f"Cannot write to {tmp_path / 'file' / 'data'}" in said
    assert "MEMORYHUB_DATA" in said


def test_a_database_that_is_not_there_is_named_with_a_way_out(data: Path) -> None:
    said = failed_start(data, DATABASE_URL=f"postgres://me:secret@127.0.0.1:{free_port()}/hub")
    assert "The database at 127.0.0.1:" in said
    assert "DATABASE_URL" in said
    assert "secret" not in said


@pytest.mark.parametrize(
    ("name", "value"),
    [("OPENAI_BASE_URL", "localhost:8080"), ("NEO4J_URI", "http://localhost:7687"), ("DATABASE_URL", "mysql//x")],
)
def test_a_wrong_url_is_named_with_what_it_should_look_like(data: Path, name: str, value: str) -> None:
    said = failed_start(data, **{name: value})
    assert name in said
    assert "://" in said


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "carrier-pigeon://coop/1"])
def test_a_broker_that_does_not_answer_is_named_with_a_way_out(data: Path, url: str) -> None:
    said = failed_start(data, CELERY_BROKER_URL=url)
    assert "The broker at" in said
    assert "CELERY_BROKER_URL" in said


def test_a_neo4j_that_does_not_answer_is_named_with_a_way_out(data: Path) -> None:
    uri = f"bolt://127.0.0.1:{free_port()}"
    said = failed_start(data, NEO4J_URI=uri, NEO4J_PASSWORD="secret")
    assert f"Neo4j at {uri} can't be used" in said
    assert "unset NEO4J_URI" in said


def test_two_do_not_share_a_folder(data: Path) -> None:
    with running(data):
        assert f"MemoryHub is running on {data} already" in failed_start(data)


def test_accounts_and_keys_can_be_made_by_scripts(product: Product) -> None:
    email = f"script-{os.getpid()}@example.com"
    assert f"Created {email} with password " in product.manage("create_user", email)
    secret = product.manage("create_api_key", email, "--scope", "read")
    with product.http(key=secret) as http:
        assert http.get("/v1/ping/").json()["user_email"] == email
        assert http.post("/v3/memories/add/", json={"messages": "x", "user_id": "a"}).status_code == 403
    assert "has a new password: " in product.manage("reset_password", email.upper())
    assert product.account["api_key"] not in product.manage("create_api_key", email)
