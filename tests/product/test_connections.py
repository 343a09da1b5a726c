"""Connections: a client finds its own standing, however early the call before was answered; Postgres is set up."""

from __future__ import annotations

import httpx
import psycopg
import pytest

from memoryhub.embedded_postgres import DATABASE, TUNING, USER
from tests.product.running import Product


@pytest.mark.parametrize("size", [10, 200_000], ids=["small", "large"])
def test_a_refused_call_whose_body_nobody_read_costs_the_next_one_nothing(product: Product, size: int) -> None:
    with product.http("m0-wrong") as http:
        for _ in range(150):
            assert http.post("/v3/memories/", json={"filters": {}, "padding": "y" * size}).status_code == 401


def test_a_body_that_is_too_large_is_told_so_and_the_connection_serves_on(product: Product) -> None:
    with product.http() as http:
        for _ in range(3):
            answer = http.post("/v3/memories/add/", json={"messages": "x" * 11_000_000, "user_id": "ann"})
            assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
            assert http.get("/v1/ping/").status_code == 200


def test_a_page_that_refuses_a_form_leaves_the_connection_standing(product: Product) -> None:
    with httpx.Client(base_url=product.url, timeout=30) as http:
        for _ in range(50):
            answer = http.post("/accounts/login/", data={"login": "x" * 100_000})
            assert answer.status_code == 403


def test_a_new_store_is_planned_for_as_one_that_was_started_again(product: Product) -> None:
    with psycopg.connect(host=str(product.data / "postgres"), user=USER, dbname=DATABASE) as connection:
        shown = {name: connection.execute(f"SHOW {name}").fetchone() for name in TUNING}
    waiting = {"shared_buffers", "max_connections"}
    assert {name: value[0] for name, value in shown.items() if value and name not in waiting} == {
        name: value for name, value in TUNING.items() if name not in waiting
    }
