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


def test_an_operation_fits_a_phone_and_can_be_read_in_the_dark(page: Page, product: Product) -> None:
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/api/docs/")
    search = page.locator("#operations-memories-v3_memories_search_create")
    search.locator(".opblock-summary").click()
    expect(search).to_contain_text('"memory": "Ann is allergic to peanuts."')
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    label = search.locator(".examples-select__section-label").first
    color = label.evaluate("element => getComputedStyle(element).color")
    assert min(int(part) for part in color.removeprefix("rgb(").rstrip(")").split(",")[:3]) > 150, color
