"""What operators put into the environment, and what they are told about it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from memoryhub.broker import pgmq_options

PREFIXES = (
    *(
        "OPENAI_",
        "CHAT_",
        "CONSOLIDATION_",
        "VISION_",
        "MODEL_",
        "BUDGET_",
        "GROQ_",
        "AZURE_",
        "OLLAMA_",
        "EMBEDDING_",
    ),
    *("EMBEDDING_", "NEO4J_", "DATABASE_", "CACHE_", "CELERY_", "EMAIL_", "PUBLIC_", "HOST", "PORT"),
)


def settings_with(*names: str, **environment: str) -> dict[str, Any]:
    """Return the settings called `names` as a process of its own has them; `.env` has no say over what is given."""
    done = _python(
        f"import json; print(json.dumps({{n: getattr(settings, n) for n in {names!r}}}, default=str))", environment
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def _python(code: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(PREFIXES)}
    command = [sys.executable, "-c", f"from django.conf import settings; settings.DEBUG; {code}"]
    return subprocess.run(command, env={**clean, **environment}, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("environment", "advice"),
    [
        ({"PORT": "http"}, "PORT is 'http'; it must be a whole number."),
        ({"OPENAI_API_KEY": "sk-x", "OPENAI_TIMEOUT": "soon"}, "OPENAI_TIMEOUT is 'soon'; it must be a number."),
        ({"DEBUG": "perhaps"}, "DEBUG is 'perhaps'; it must be true or false."),
        ({"CACHE_URL": "nonsense"}, "CACHE_URL is not the address of a cache. Write it as"),
        ({"EMAIL_URL": "nonsense"}, "EMAIL_URL is not the address of a mail server. Write it as"),
        (
            {"DATABASE_URL": "mysql://user:secret@host/name"},
            "DATABASE_URL is not the address of a PostgreSQL database",
        ),
        ({"DATABASE_URL": "secret"}, "DATABASE_URL is not the address of a PostgreSQL database"),
    ],
)
def test_a_wrong_value_ends_in_one_line_of_advice(environment: dict[str, str], advice: str) -> None:
    done = _python("", environment)
    assert done.returncode == 1
    assert done.stderr.startswith(advice)
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr


def test_an_empty_variable_is_one_that_is_not_set() -> None:
    names = ("PORT", "HOST", "CACHES", "EMAIL_BACKEND", "TRASH_DAYS")
    empty = dict.fromkeys(("PORT", "HOST", "CACHE_URL", "EMAIL_URL", "TRASH_DAYS", "DEBUG"), "")
    assert settings_with(*names, **empty) == settings_with(*names)


def test_the_host_people_type_is_allowed_and_so_is_this_machine() -> None:
    hosts = settings_with("ALLOWED_HOSTS", PUBLIC_URL="https://memory.example.com", HOST="0.0.0.0")["ALLOWED_HOSTS"]
    assert {"memory.example.com", "127.0.0.1", "localhost"} <= set(hosts)
    assert "*" not in hosts
    assert settings_with("ALLOWED_HOSTS", HOST="0.0.0.0")["ALLOWED_HOSTS"] == ["*"]
    assert "evil.example" not in settings_with("ALLOWED_HOSTS")["ALLOWED_HOSTS"]


@pytest.mark.parametrize(
    ("environment", "key"),
    [
        ({}, "sk-chat"),
        ({"EMBEDDING_BASE_URL": "http://other.example/v1"}, "none"),
        ({"EMBEDDING_BASE_URL": "http://other.example/v1", "EMBEDDING_API_KEY": "sk-other"}, "sk-other"),
        ({"OPENAI_BASE_URL": "http://a.example/v1", "EMBEDDING_BASE_URL": "http://a.example/v1"}, "sk-chat"),
    ],
)
def test_a_key_goes_only_to_the_server_it_was_given_for(environment: dict[str, str], key: str) -> None:
    environment = {"OPENAI_API_KEY": "sk-chat", "EMBEDDING_MODEL": "e5", **environment}
    embedder = settings_with("PROVIDERS", **environment)["PROVIDERS"]["embedder"]
    assert embedder["OPTIONS"]["api_key"] == key


def test_a_reranker_is_a_server_with_or_without_the_name_of_a_model() -> None:
    assert "reranker" not in settings_with("PROVIDERS", RERANK_MODEL="m")["PROVIDERS"]
    given = {"RERANK_BASE_URL": "http://a.example", "RERANK_WIRE": "tei", "RERANK_TIMEOUT": "0.5"}
    options = settings_with("PROVIDERS", **given)["PROVIDERS"]["reranker"]["OPTIONS"]
    assert options == {"base_url": "http://a.example", "api_key": "", "model": "", "wire": "tei", "timeout": 0.5}


def test_questions_are_rewritten_by_the_chat_model_in_less_time_or_by_one_of_their_own() -> None:
    assert "rewriting" not in settings_with("PROVIDERS", OPENAI_API_KEY="sk-x")["PROVIDERS"]
    assert "rewriting" not in settings_with("PROVIDERS", QUERY_REWRITING="true")["PROVIDERS"]
    providers = settings_with("PROVIDERS", OPENAI_API_KEY="sk-x", QUERY_REWRITING="true")["PROVIDERS"]
    assert providers["rewriting"]["OPTIONS"] == {**providers["chat"]["OPTIONS"], "timeout": 3.0}
    given = {"REWRITING_MODELS": "ollama:qwen3", "REWRITING_TIMEOUT": "1"}
    own = settings_with("PROVIDERS", **given)["PROVIDERS"]["rewriting"]["OPTIONS"]
    assert own == {"preset": "ollama", "model": "qwen3", "timeout": 1.0}


def test_an_embedding_server_without_a_model_is_an_error() -> None:
    environment = {"EMBEDDING_BASE_URL": "http://localhost:11434/v1"}
    done = _python(
        "import django; django.setup(); from django.core.management import call_command as c; c('check')", environment
    )
    assert "Name the model as that server knows it" in done.stderr


def test_the_queue_connects_as_the_database_does() -> None:
    database = {"HOST": "db", "NAME": "memory", "OPTIONS": {"sslmode": "require", "pool": True}}
    conninfo = pgmq_options(database)["conn_string"]
    assert "sslmode=require" in conninfo
    assert "pool" not in conninfo


def test_the_model_that_sees_is_on_the_same_server_with_the_same_key() -> None:
    given = {"OPENAI_API_KEY": "sk-x", "OPENAI_BASE_URL": "http://a.example/v1", "OPENAI_VISION_MODEL": "sees"}
    providers = settings_with("PROVIDERS", **given)["PROVIDERS"]
    assert providers["vision"]["OPTIONS"] == {**providers["chat"]["OPTIONS"], "model": "sees"}
    assert "vision" not in settings_with("PROVIDERS", OPENAI_API_KEY="sk-x")["PROVIDERS"]


def test_a_model_that_sees_without_a_server_is_warned_of() -> None:
    check = "import django; django.setup(); from django.core.management import call_command as c; c('check')"
    done = _python(check, {"OPENAI_VISION_MODEL": "sees"})
    assert "Set OPENAI_API_KEY or OPENAI_BASE_URL too." in done.stderr


def test_vendors_are_asked_in_turn_each_by_its_own_adapter() -> None:
    given = {
        "CHAT_MODELS": "groq:llama-3.3, anthropic:claude-haiku-4-5",
        "CONSOLIDATION_MODELS": "ollama:qwen3:8b",
        "VISION_MODELS": "anthropic:claude-haiku-4-5",
        "GROQ_API_KEY": "gsk",
        "ANTHROPIC_API_KEY": "sk-ant",
        "OPENAI_API_KEY": "sk-x",
        "OPENAI_TIMEOUT": "7",
    }
    providers = settings_with("PROVIDERS", **given)["PROVIDERS"]
    first, second = providers["chat"]
    assert first["OPTIONS"] == {"preset": "groq", "model": "llama-3.3", "timeout": 7.0}
    assert (second["BACKEND"], second["OPTIONS"]["model"]) == (
        "providers.anthropic_chat.AnthropicChat",
        "claude-haiku-4-5",
    )
    assert providers["consolidation"]["OPTIONS"]["model"] == "qwen3:8b"
    assert providers["vision"]["BACKEND"] == "providers.anthropic_vision.AnthropicVision"


def test_without_them_it_is_the_one_model_on_its_server() -> None:
    providers = settings_with("PROVIDERS", OPENAI_API_KEY="sk-x", OPENAI_MODEL="m")["PROVIDERS"]
    assert providers["chat"]["OPTIONS"]["model"] == "m"
    assert "consolidation" not in providers


@pytest.mark.parametrize(
    ("environment", "advice"),
    [
        ({"CHAT_MODELS": "nobody:m"}, "CHAT_MODELS has 'nobody:m'. Write vendor:model with a vendor of anthropic,"),
        ({"CHAT_MODELS": "groq"}, "CHAT_MODELS has 'groq'."),
        ({"CHAT_MODELS": "groq:m"}, "CHAT_MODELS names groq, which needs GROQ_API_KEY. Set it too."),
        (
            {"VISION_MODELS": "azure:m"},
            "VISION_MODELS names azure, which needs AZURE_OPENAI_ENDPOINT and AZURE_",
        ),
        ({"MODEL_PRICES": "gpt=cheap"}, "MODEL_PRICES has 'gpt=cheap'. Write model=in/out"),
        ({"MODEL_PRICES": "0.4/1.6"}, "MODEL_PRICES has '0.4/1.6'."),
        ({"BUDGET_TOKENS_PER_DAY": "many"}, "BUDGET_TOKENS_PER_DAY is 'many'; it must be a whole number."),
    ],
)
def test_models_that_cannot_be_asked_end_in_advice(environment: dict[str, str], advice: str) -> None:
    done = _python("", environment)
    assert done.returncode == 1
    assert done.stderr.startswith(advice)


def test_prices_and_budgets() -> None:
    given = {"MODEL_PRICES": "gpt-4.1-mini=0.40/1.60, local=0/0", "BUDGET_COST_PER_MONTH": "2.5"}
    found = settings_with("MODEL_PRICES", "MODEL_BUDGETS", **given)
    assert found["MODEL_PRICES"] == {"gpt-4.1-mini": ["0.40", "1.60"], "local": ["0", "0"]}
    assert found["MODEL_BUDGETS"]["monthly_cost_budget"] == 2.5
