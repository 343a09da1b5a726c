"""Reviewing by keyboard, without the page being loaded again."""

from __future__ import annotations

from mem0 import MemoryClient
from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in
from tests.product.running import Product


def test_what_waits_is_decided_by_keyboard(page: Page, product: Product, client: MemoryClient, person: str) -> None:
    sign_in(page, product)
    client.add([{"role": "user", "content": "Hello."}], user_id=person, app_id=person, infer=False)
    page.goto("/review/")
    page.get_by_role("link", name="Policy", exact=True).click()
    page.get_by_label("App", exact=True).select_option(person)
    page.get_by_role("button", name="Add rule").click()
    expect(page.locator("#rules")).to_contain_text(person)
    for text in ("I like tea.", "I like rice.", "I like soup."):
        client.add([{"role": "user", "content": f"{text} {person}"}], user_id=person, app_id=person, infer=False)
    assert client.search("What do I like?", filters={"user_id": person, "app_id": person})["results"] != []
    found = client.search("rice", filters={"user_id": person})["results"]
    assert not any("rice" in hit["memory"] for hit in found)

    page.goto("/review/")
    rows = page.locator("[data-review]")
    expect(rows).to_have_count(3)
    page.evaluate("window.kept = true")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("a")
    expect(rows).to_have_count(2)
    expect(page.locator("[data-waiting]").first).to_have_text("2")
    expect(rows.nth(1)).to_be_focused()
    expect(rows.nth(1)).to_contain_text("soup")
    page.keyboard.press("r")
    expect(rows).to_have_count(1)
    assert page.evaluate("window.kept")
    found = client.search("rice", filters={"user_id": person})["results"]
    assert any("rice" in hit["memory"] for hit in found)

    page.keyboard.press("o")
    page.get_by_label("Text").fill(f"I like green tea. {person}")
    page.get_by_role("button", name="Approve as written here").click()
    expect(page.get_by_role("main")).to_contain_text("Nothing awaits review")
    found = client.search("green tea", filters={"user_id": person})["results"]
    assert f"I like green tea. {person}" in [hit["memory"] for hit in found]
