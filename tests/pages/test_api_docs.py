"""The page about the HTTP API."""

from __future__ import annotations

from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from tests.pages.markup import text_of


def test_home_leads_there(alice_client: Client) -> None:
    assert f'href="{reverse("api_docs")}"' in text_of(alice_client.get("/"))


def test_everybody_may_read_it_and_without_javascript_finds_the_document(db: None) -> None:
    page = text_of(Client().get("/api/docs/"))
    assert f'href="{reverse("api_schema")}"' in page
    assert "<noscript>" in page


def test_everything_it_loads_is_ours_and_there(db: None) -> None:
    answer = Client().get("/api/docs/")
    loaded = [line for line in text_of(answer).splitlines() if "swagger-ui" in line]
    assert len(loaded) == 2
    for name in ("swagger-ui.css", "swagger-ui-bundle.js"):
        assert finders.find(f"drf_spectacular_sidecar/swagger-ui-dist/{name}")
    assert "unsafe" not in answer["Content-Security-Policy"]
