"""The API's page: Swagger UI under the strict policy, talking to nobody but this server."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.product.running import Product


def test_a_call_can_be_read_and_tried(page: Page, product: Product, person: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/api/docs/")
    add = page.locator("#operations-memories-v3_memories_add_create")
    expect(add).to_contain_text("Add a conversation")
    add.locator(".opblock-summary").click()
    expect(add).to_contain_text("I am allergic to peanuts.")
    expect(add).to_contain_text("idempotency_key_reused")

    page.get_by_role("button", name="Authorize").first.click()
    page.locator(".modal-ux input").fill(f"Token {product.api_key}")
    page.locator(".modal-ux button.authorize").click()
    page.locator(".modal-ux .btn-done").click()
    add.get_by_role("button", name="Try it out").click()
    body = f'{{"user_id": "{person}", "messages": "I keep bees.", "infer": false}}'
    add.locator("textarea").fill(body)
    add.get_by_role("button", name="Execute").click()
    expect(add.locator(".live-responses-table")).to_contain_text("Memories stored successfully")
    assert [url for url in asked if not url.startswith((product.url, "data:"))] == []
