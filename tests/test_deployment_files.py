"""The files that operators start from agree with the code: Docker's, .env.example, docs/configuration.md."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from typing import Any

import environ
import pytest
import yaml
from django.urls import resolve

from memoryhub.management.commands import up
from providers.presets import PRESETS

ROOT = Path(__file__).resolve().parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text()
EXAMPLE = (ROOT / ".env.example").read_text()
DOCS = (ROOT / "docs" / "configuration.md").read_text()
COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text()
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE_TEXT)["services"]
OURS = ("prepare", "web", "worker", "beat")
THEIRS = ("postgres", "redis", "neo4j")
# Known to Docker Compose only.
COMPOSE_ONLY = {"POSTGRES_PASSWORD"}
NO_CONSTANT = object()


def read_by_settings() -> dict[str, object]:
    """Every variable that the settings are read from, with its default where that is a constant."""
    variables: dict[str, object] = {}
    sources = [
        (ROOT / "memoryhub" / name).read_text()
        for name in ("settings.py", "database_settings.py", "provider_settings.py")
    ]
    for node in (node for source in sources for node in ast.walk(ast.parse(source))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if not (isinstance(node.func.value, ast.Name) and node.func.value.id == "env" and node.args):
            continue
        if not (isinstance(node.args[0], ast.Constant) and str(node.args[0].value).isupper()):
            continue
        default = next((word.value for word in node.keywords if word.arg == "default"), None)
        known = default.value if isinstance(default, ast.Constant) else NO_CONSTANT
        name = str(node.args[0].value)
        # A variable may be read twice, once only to see whether it was given; the default with a value counts.
        if not variables.get(name):
            variables[name] = known
    return variables


SETTINGS = read_by_settings()


def spelled(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def interpolated(text: str) -> set[str]:
    return set(re.findall(r"\$\{(\w+)", text))


def filled_in(text: str, **given: str) -> str:
    """Return `text` as Compose would read it."""

    def value(match: re.Match[str]) -> str:
        name, operator, default = match[1], match[2] or "", match[3] or ""
        return given.get(name, default if "-" in operator else "")

    return re.sub(r"\$\{(\w+)(:?[-?])?([^}]*)\}", value, text)


def docs_table() -> dict[str, str]:
    """Each setting's default, as the tables under "Settings" have it."""
    tables = DOCS.partition("## Settings")[2].partition("\n## ")[0]
    return {row[1]: row[2].strip() for row in re.finditer(r"^\| `([A-Z0-9_]+)` \| (.*?) \|", tables, re.M)}


def example_lines() -> dict[str, str]:
    return dict(re.findall(r"^(?:# )?([A-Z][A-Z0-9_]+)=(.*)$", EXAMPLE, re.M))


def test_every_setting_is_found() -> None:
    assert {"SECRET_KEY", "DATABASE_URL", "NEO4J_URI", "WEB_WORKERS", "CACHE_URL", "OPENAI_MODEL"} <= set(SETTINGS)


def test_env_example_has_every_setting_and_no_other() -> None:
    assert set(example_lines()) == set(SETTINGS) | COMPOSE_ONLY


def test_the_documentation_has_every_setting_and_no_other() -> None:
    assert set(docs_table()) == set(SETTINGS)


@pytest.mark.parametrize("name", [name for name, value in SETTINGS.items() if value not in (NO_CONSTANT, None)])
def test_stated_defaults_are_the_real_ones(name: str) -> None:
    real = spelled(SETTINGS[name])
    assert example_lines()[name] == real
    stated = docs_table()[name]
    assert stated == f"`{real}`" if real else not stated.startswith("`")


def test_a_copied_env_example_changes_nothing() -> None:
    """What is not commented out is empty, and settings.py takes empty for unset there."""
    active = dict(re.findall(r"^([A-Z][A-Z0-9_]+)=(.*)$", EXAMPLE, re.M))
    assert active == dict.fromkeys(("SECRET_KEY", "POSTGRES_PASSWORD", "NEO4J_PASSWORD"), "")


@pytest.mark.parametrize("name", OURS)
def test_compose_gives_our_services_only_what_settings_read(name: str) -> None:
    assert set(SERVICES[name]["environment"]) <= set(SETTINGS)
    assert SERVICES[name]["env_file"] == ".env"


def test_compose_asks_for_no_variable_that_env_example_lacks() -> None:
    assert interpolated(COMPOSE_TEXT) <= set(example_lines())


def test_compose_starts_only_with_passwords_of_the_operators_own() -> None:
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "NEO4J_PASSWORD"):
        uses = re.findall(rf"\$\{{{name}([^}}]*)\}}", COMPOSE_TEXT)
        assert uses
        assert all(use.startswith(":?") for use in uses)


def test_compose_addresses_are_of_its_own_services() -> None:
    given = {name: filled_in(value) for name, value in SERVICES["web"]["environment"].items()}
    env = environ.Env()
    database = env.db_url_config(given["DATABASE_URL"].replace(":@", ":secret@"))
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert database["HOST"] == "postgres"
    for key, variable in (("NAME", "POSTGRES_DB"), ("USER", "POSTGRES_USER")):
        assert database[key] == SERVICES["postgres"]["environment"][variable]
    cache = env.cache_url_config(given["CACHE_URL"])
    assert cache["BACKEND"] == "django.core.cache.backends.redis.RedisCache"
    assert cache["LOCATION"] == "redis://redis:6379/1"
    assert given["CELERY_BROKER_URL"] == "redis://redis:6379/0"
    assert given["NEO4J_URI"] == "bolt://neo4j:7687"
    assert set(SERVICES) == {*OURS, *THEIRS}


def test_our_services_wait_for_the_prepared_database() -> None:
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"]["prepare"] == {"condition": "service_completed_successfully"}
    for name, service in SERVICES.items():
        for other, how in service.get("depends_on", {}).items():
            assert other in SERVICES, name
            if how["condition"] == "service_healthy":
                assert "test" in SERVICES[other]["healthcheck"]


def test_services_run_the_commands_that_up_runs(settings: Any) -> None:
    settings.HOST, settings.PORT, settings.WEB_WORKERS, settings.WEB_THREADS = "0.0.0.0", 8000, 2, 3
    children = {child.name: list(child.command) for child in up._children()}
    for service, child in (("web", "web"), ("worker", "worker"), ("beat", "scheduler")):
        ours = [filled_in(word) for word in SERVICES[service]["command"]]
        theirs = ["python" if word == sys.executable else word for word in children[child]]
        # `up` may run as root and silences Celery's warning of that; the image has an account of its own.
        assert ours == [word for word in theirs if word not in ("-W", "ignore::UserWarning:celery.platforms")]
    assert SERVICES["prepare"]["command"] == ["python", "manage.py", "prepare"]


def test_volumes_are_named_and_shared() -> None:
    named = set(yaml.safe_load(COMPOSE_TEXT)["volumes"])
    used = {volume.partition(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert used == named
    for name in OURS:
        assert SERVICES[name]["volumes"] == ["memoryhub:/data"]
        assert SERVICES[name]["environment"]["MEMORYHUB_DATA"] == "/data"


def test_only_the_web_server_is_reachable_and_only_from_the_machine_by_default() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["web"]
    assert [filled_in(port) for port in SERVICES["web"]["ports"]] == ["127.0.0.1:8000:8000"]


def test_images_are_of_a_known_version() -> None:
    for name in THEIRS:
        assert re.search(r":\D*\d", SERVICES[name]["image"]), name


def test_the_image_has_the_same_uv_as_the_makefile() -> None:
    made = re.search(r"^UV_VERSION := (\S+)$", (ROOT / "Makefile").read_text(), re.M)
    assert made
    assert f"ARG UV_VERSION={made[1]}\n" in DOCKERFILE


def test_the_image_serves_health_and_runs_without_root() -> None:
    stages = DOCKERFILE.split("\nFROM ")
    assert re.search(r"^USER memoryhub$", stages[-1], re.M)
    checked = re.search(r"http://127\.0\.0\.1:8000(/[^']*)'", stages[-1])
    assert checked
    assert resolve(checked[1]).url_name == "health_ready"
    assert 'CMD ["python", "manage.py", "up"]' in stages[-1]


def test_the_image_leaves_out_secrets_and_takes_the_code() -> None:
    ignored = set((ROOT / ".dockerignore").read_text().splitlines())
    assert {".env", ".env.*", "var", ".git", ".venv"} <= ignored
    for needed in (*re.findall(r"compileall -q (.+)$", DOCKERFILE, re.M)[0].split(), "templates", "static", "locale"):
        assert (ROOT / needed).is_dir(), needed
        assert needed not in ignored


def test_the_documented_servers_are_the_presets() -> None:
    remote = {name: preset.base_url for name, preset in PRESETS.items() if name not in ("openai", "azure", "tei")}
    table = DOCS.partition("| server | `OPENAI_BASE_URL` |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`(https?://\S+)`", table)) == set(remote.values())


def test_the_documented_vendors_are_the_presets() -> None:
    table = DOCS.partition("| vendor | key | other variables |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)`[^|]*\|(.*)\|$", table, re.M)
    assert {name: key for name, key, _more in rows} == {name: p.key_variable for name, p in PRESETS.items()}
    for name, _key, more in rows:
        named = set(re.findall(r"`([A-Z_]+)`", more))
        assert named == {PRESETS[name].url_variable, PRESETS[name].version_variable} - {""}, name


def test_links_within_the_documentation_lead_somewhere() -> None:
    headings = {
        re.sub(r"[^\w\- ]", "", line.lstrip("# ").lower()).replace(" ", "-")
        for line in DOCS.splitlines()
        if line.startswith("#")
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", DOCS)) <= headings
