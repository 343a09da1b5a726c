"""Every test here runs once with each client, against one running product; the outcomes make a table."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance import table
from tests.conformance.clients import NAMES, Absent, Client, start
from tests.product.conftest import person, product  # noqa: F401 (fixtures)
from tests.product.running import Product

HERE = Path(__file__).parent


@pytest.fixture(scope="package", params=NAMES)
def client(request: pytest.FixtureRequest, product: Product) -> Iterator[Client]:  # noqa: F811
    try:
        client = start(request.param, product.url, product.api_key)
    except Absent as absent:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{request.param} is not installed: {absent}")
        pytest.skip(f"mem0's client {request.param} could not be installed")
    yield client
    client.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    if report.when == "call" or report.skipped or report.failed:
        name = getattr(item, "callspec", None) and item.callspec.params.get("client")
        for marker in item.iter_markers("method"):
            for method in marker.args:
                table.note(method, marker.kwargs.get("client", name), report)
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The table's own test comes last, when everything has been tried."""
    items.sort(key=lambda item: item.path.name == "test_table.py")
