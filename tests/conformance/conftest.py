"""Every test here runs once with each client, against one running product; the outcomes make a table."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.conformance import table
from tests.conformance.clients import NAMES, Absent, Client, start
from tests.product.conftest import person, product  # noqa: F401 (fixtures)
from tests.product.running import Product


@pytest.fixture(scope="package", params=NAMES)
def client(request: pytest.FixtureRequest, product: Product) -> Iterator[Client]:  # noqa: F811
    with started(request.param, product) as client:
        yield client


@contextmanager
def started(name: str, product: Product, *more: str) -> Iterator[Client]:  # noqa: F811
    """Run a client for the length of a block, and take down which methods it has."""
    try:
        client = start(name, product.url, product.api_key, *more)
    except Absent as absent:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{name} is not installed: {absent}")
        pytest.skip(f"mem0's client {name} could not be installed")
    table.watch(name, client.methods, client.called)
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
    """The table's own tests come last, when everything has been tried; no client is asked for what it hasn't got."""
    items[:] = [item for item in items if _has(item)]
    items.sort(key=lambda item: item.path.name == "test_table.py")


def _has(item: pytest.Item) -> bool:
    marker, parameters = item.get_closest_marker("method"), getattr(item, "callspec", None)
    only = marker and marker.kwargs.get("only")
    return not only or not parameters or parameters.params.get("client") in only
