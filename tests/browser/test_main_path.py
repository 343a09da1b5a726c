"""What a person does on the first day: sign in, connect an app, read, search, correct, delete, undo."""

from __future__ import annotations

import re

from mem0 import MemoryClient
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import sign_in
from tests.product.running import Product, eventually


def test_the_first_day(page: Page, product: Product, context: BrowserContext, person: str) -> None:
    sign_in(page, product)

    # Connect: the page shows this very server's address, and makes a key.
    expect(page.get_by_role("main")).to_contain_text(product.url)
    page.get_by_role("link", name="API keys").first.click()
    page.get_by_label("Name").fill("my app")
    page.get_by_role("button", name="Create").first.click()
    secret = re.search(r"mh_\w+_\w+", page.get_by_role("main").inner_html())
    assert secret
    page.goto("/keys/")
    assert secret.group() not in page.content()

    # The app tells something, and it appears.
    client = MemoryClient(api_key=secret.group(), host=product.url)
    said = f"I am allergic to peanuts, says {person}."
    answer = client.add([{"role": "user", "content": f"Hello! {said}"}], user_id=person)
    product.finished(answer["event_id"])
    client.client.close()
    page.goto(f"/memories/?end_user={person}")
    expect(page.locator("#results")).to_contain_text(said)

    # Search as you type: the list follows without a click, and the box keeps the focus.
    box = page.get_by_role("searchbox", name="Search memories")
    box.press_sequentially("peanut", delay=30)
    expect(page).to_have_url(re.compile("q=peanut"))
    expect(page.locator("#results")).to_contain_text(said)
    expect(box).to_be_focused()

    # Its page says why it is remembered.
    page.get_by_role("link", name=said).click()
    expect(page.locator("mark").first).to_have_text(said)
    memory_url = page.url

    # Two people edit: the second is shown both versions, and loses nothing.
    page.get_by_role("link", name="Edit").click()
    other = context.new_page()
    other.goto(memory_url)
    other.get_by_role("link", name="Edit").click()
    other.get_by_label("Text").fill(f"I am allergic to tree nuts, says {person}.")
    other.get_by_role("button", name="Save").click()
    expect(other.get_by_role("main")).to_contain_text("tree nuts")
    page.get_by_label("Text").fill(f"I am badly allergic to peanuts, says {person}.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("main")).to_contain_text("tree nuts")
    expect(page.get_by_role("main")).to_contain_text("badly")
    page.get_by_label("Text").fill(f"I am badly allergic to all nuts, says {person}.")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(memory_url)
    expect(page.get_by_role("main")).to_contain_text("badly allergic to all nuts")
    expect(page.locator("ins").first).to_be_visible()

    # Delete, and undo.
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Move to trash").click()
    page.wait_for_url(re.compile("/memories/"))
    page.get_by_role("button", name="Undo").click()
    page.goto(f"/memories/?end_user={person}")
    expect(page.locator("#results")).to_contain_text("badly allergic to all nuts")

    # The job that did it.
    page.get_by_role("link", name="Jobs").first.click()
    expect(page.get_by_role("main")).to_contain_text("Succeeded")


def test_samples_come_and_go(page: Page, product: Product) -> None:
    sign_in(page, product)
    page.get_by_role("button", name=re.compile("^Load")).click()
    page.goto("/memories/?q=抹茶")
    eventually(lambda: page.reload() and "抹茶" in page.locator("#results").inner_text(), every=0.5)
    page.goto("/memories/?q=医院")
    eventually(lambda: page.reload() and "医院" in page.locator("#results").inner_text(), every=0.5)
    page.goto("/")
    page.get_by_role("button", name=re.compile("^Remove")).first.click()
    page.goto("/memories/?q=抹茶")
    expect(page.locator("#results")).not_to_contain_text("抹茶")


def test_everything_works_without_javascript(
    browser: Browser, product: Product, client: MemoryClient, person: str
) -> None:
    client.add(f"I collect stamps, says {person}.", user_id=person, infer=False)
    with browser.new_context(base_url=product.url, java_script_enabled=False) as context:
        page = context.new_page()
        sign_in(page, product)
        page.goto("/memories/")
        page.get_by_role("searchbox", name="Search memories").fill(f"stamps {person}")
        page.get_by_role("button", name="Search").click()
        page.get_by_role("link", name=f"I collect stamps, says {person}.").click()
        page.get_by_role("link", name="Edit").click()
        page.get_by_label("Text").fill(f"I collect coins, says {person}.")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("main")).to_contain_text("I collect coins")
        page.get_by_role("link", name="Delete").click()
        page.get_by_role("button", name="Move to trash").click()
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("main")).to_contain_text("I collect coins")


def test_nothing_sticks_out_on_a_phone(browser: Browser, product: Product, client: MemoryClient, person: str) -> None:
    long = "supercalifragilistic" * 10
    memory_id = client.add(f"{long} 抹茶 {person}", user_id=person, infer=False)["results"][0]["id"]
    with browser.new_context(base_url=product.url, viewport={"width": 360, "height": 740}) as context:
        page = context.new_page()
        sign_in(page, product)
        for path in ("/", "/memories/", f"/memories/{memory_id}/", f"/memories/{memory_id}/edit/", "/jobs/", "/keys/"):
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, path


def test_dark_light_and_language_are_remembered(page: Page, product: Product) -> None:
    sign_in(page, product)
    page.context.add_cookies([{"name": "theme", "value": "dark", "url": product.url}])
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.context.add_cookies([{"name": "django_language", "value": "ja", "url": product.url}])
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    expect(page.get_by_role("main")).to_contain_text("記憶")
