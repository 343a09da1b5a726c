"""LlamaIndex's memory on mem0."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from tests.conformance.clients import DRIVERS, INSTALLED, QUIET
from tests.product.running import Product, eventually

PYTHON = INSTALLED / "llamaindex" / "bin" / "python"


def drive(product: Product, person: str, *said: str) -> str:
    """Say things to a memory of the person and return what it recalls of the last."""
    if not PYTHON.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("llama-index-memory-mem0 is not installed")
        pytest.skip("LlamaIndex's memory on mem0 could not be installed")
    command = [str(PYTHON), str(DRIVERS / "llamaindex_driver.py"), product.url, product.api_key, person, *said]
    done = subprocess.run(command, env={**os.environ, **QUIET}, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return str(json.loads(done.stdout))


@pytest.mark.method("add", "search", client="LlamaIndex")
def test_what_is_said_is_recalled(product: Product, person: str) -> None:
    drive(product, person, "I am allergic to peanuts.")
    recalled = eventually(
        lambda: "allergic to peanuts" in (found := drive(product, person, "What about a peanut curry?")) and found
    )
    assert "I am allergic to peanuts." in recalled
