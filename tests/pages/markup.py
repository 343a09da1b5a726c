"""What every page's markup must keep to, whatever it shows."""

from __future__ import annotations

from html.parser import HTMLParser

from django.http import HttpResponse


class Inline(HTMLParser):
    """Collects what our CSP would block, and htmx links that lead nowhere without JavaScript."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(f"<{tag}>")
        self.found += [f"<{tag} {name}>" for name in names if name == "style" or name.startswith("on")]
        if tag == "a" and "hx-get" in names and not names.get("href"):
            self.found.append("<a hx-get> without href")
        for name in ("src", "href", "action"):
            if (names.get(name) or "").startswith(("//", "javascript:")):
                self.found.append(f"<{tag} {name}={names[name]}>")


def text_of(response: HttpResponse) -> str:
    """Return the page's markup, having made sure that it is whole and keeps to our rules."""
    text = response.content.decode()
    inline = Inline()
    inline.feed(text)
    assert inline.found == []
    return text
