"""Checks the translations: `python -m tests.translations`. Prints what is wrong and exits with 1."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory

import polib

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("ja", "zh_Hans")
# What a translation must carry over unchanged: %(name)s, %s, {name} and markup.
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}|</?\w+>")
WORD = re.compile(r"[A-Za-z]{2,}")
SAME_IN_ALL_LANGUAGES = {"MemoryHub", "API", "MCP", "Python", "TypeScript", "curl", "UTC"}
# Attributes that people read or hear.
SPOKEN = {"alt", "aria-label", "content", "data-done", "data-label", "data-offline", "data-refused", "placeholder"}
SPOKEN |= {"title"}
NOT_PROSE = {"code", "pre", "script", "style"}
DJANGO = re.compile(
    r"\{% (comment|blocktrans|blocktranslate)\b.*?\{% end\1 %\}|\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL
)
SCANNED = (".py", ".html", ".txt")
NOT_OURS = {"var", "node_modules", "staticfiles", "test-results"}

Key = tuple[str | None, str, str]


def main() -> int:
    """Run every check; return the exit status."""
    problems = [problem for language in LANGUAGES for problem in catalogue(language)]
    problems += completeness()
    for path in sorted((ROOT / "templates").rglob("*.html")):
        problems += bare_text(path.read_text(), str(path.relative_to(ROOT)))
    for problem in problems:
        print(problem)
    print(f"Translations: {len(problems)} problem(s)." if problems else "Translations: all is well.")
    return 1 if problems else 0


def po_path(language: str, root: Path = ROOT) -> Path:
    """Return where a language's catalogue is."""
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def key(entry: polib.POEntry | polib.MOEntry) -> Key:
    """Return what tells one entry from another."""
    return entry.msgctxt, entry.msgid, entry.msgid_plural or ""


def forms(entry: polib.POEntry | polib.MOEntry) -> list[str]:
    """Return the entry's translations: one, or one for each plural form."""
    return [entry.msgstr_plural[n] for n in sorted(entry.msgstr_plural)] if entry.msgid_plural else [entry.msgstr]


def catalogue(language: str) -> Iterator[str]:
    """Check one language: everything translated, placeholders kept, and compiled."""
    path = po_path(language)
    po, name = polib.pofile(str(path)), path.relative_to(ROOT)
    if not po.metadata.get("Plural-Forms", "").startswith("nplurals=1;"):
        yield f"{name}: Plural-Forms must begin with nplurals=1, there is but one form."
    if po.header and "fuzzy" in po.metadata_is_fuzzy:
        yield f"{name}: the header is marked fuzzy."
    for entry in po:
        where = f"{name}:{entry.linenum}: {entry.msgid[:60]!r}"
        if entry.obsolete:
            yield f"{where} is obsolete; remove it."
        elif entry.fuzzy:
            yield f"{where} is fuzzy; check it and remove the mark."
        elif not all(forms(entry)) or (entry.msgid_plural and len(forms(entry)) != 1):
            yield f"{where} is not translated, or has too many plural forms."
        elif any(placeholders(text) != placeholders(entry.msgid_plural or entry.msgid) for text in forms(entry)):
            yield f"{where}: the translation must keep {placeholders(entry.msgid_plural or entry.msgid)}."
    yield from compiled(po, path.with_suffix(".mo"))


def placeholders(text: str) -> list[str]:
    """Return what of `text` its translation must keep."""
    return sorted(PLACEHOLDER.findall(text.replace("%%", "")))


def compiled(po: polib.POFile, path: Path) -> Iterator[str]:
    """Compare the catalogue with its compiled file, which is what people are served."""
    advice = "run `make messages` and commit the .mo"
    if not path.exists():
        yield f"{path.relative_to(ROOT)} is missing; {advice}."
        return
    mo = polib.mofile(str(path))
    written = {key(entry): forms(entry) for entry in po if entry.translated()}
    served = {key(entry): forms(entry) for entry in mo}
    if written != served or po.metadata.get("Plural-Forms") != mo.metadata.get("Plural-Forms"):
        differing = sum(written.get(k) != served.get(k) for k in written.keys() | served.keys())
        yield f"{path.relative_to(ROOT)} differs from its .po in {differing} entries; {advice}."


def completeness() -> Iterator[str]:
    """Collect the strings anew, from a copy of the source, and compare them with each catalogue."""
    if not shutil.which("xgettext"):
        print("Skipped: whether the catalogues are complete. That needs gettext's xgettext.")
        if os.environ.get("CI") == "true":
            yield "xgettext is missing, so completeness was not checked; continuous integration must have it."
        return
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "source"
        shutil.copytree(ROOT, copy, ignore=not_scanned)
        (copy / "locale").mkdir()
        # Without settings, Django writes to the locale/ of the folder it runs in.
        environ = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        locales = [argument for language in LANGUAGES for argument in ("-l", language)]
        command = [sys.executable, "-m", "django", "makemessages", "--no-location", *locales]
        subprocess.run(command, cwd=copy, env=environ, check=True, capture_output=True)
        for language in LANGUAGES:
            used = {key(entry) for entry in polib.pofile(str(po_path(language, copy)))}
            known = {key(entry) for entry in polib.pofile(str(po_path(language))) if not entry.obsolete}
            for state, keys in (("lacks", used - known), ("has, though nothing uses it,", known - used)):
                yield from (f"locale/{language} {state} {text!r}; run `make messages`." for _, text, _ in sorted(keys))


def not_scanned(folder: str, names: list[str]) -> set[str]:
    """Return what the copy leaves out: everything that holds no strings."""
    top = Path(folder) == ROOT
    return {
        name
        for name in names
        if name.startswith(".")
        or (name in NOT_OURS | {"locale"} and top)
        or (not (Path(folder) / name).is_dir() and not name.endswith(SCANNED))
    }


class Prose(HTMLParser):
    """Collects the words that stand in a template outside translation tags."""

    def __init__(self) -> None:
        super().__init__()
        self.outside = 0
        self.found: list[tuple[int, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.outside += tag in NOT_PROSE
        for name, value in attrs:
            if name in SPOKEN and tag != "meta":
                self.read(value or "")

    def handle_endtag(self, tag: str) -> None:
        self.outside -= tag in NOT_PROSE

    def handle_data(self, data: str) -> None:
        if not self.outside:
            self.read(data)

    def read(self, text: str) -> None:
        """Note a stretch of text that holds words."""
        if set(WORD.findall(text)) - SAME_IN_ALL_LANGUAGES:
            self.found.append((self.getpos()[0], " ".join(text.split())))


def bare_text(template: str, name: str) -> Iterator[str]:
    """Find text in a template that no catalogue can translate."""
    prose = Prose()
    prose.feed(DJANGO.sub(lambda tag: "\n" * tag.group().count("\n"), template))
    prose.close()
    for line, text in prose.found:
        yield f"{name}:{line}: {text[:60]!r} is not marked for translation."


if __name__ == "__main__":
    sys.exit(main())
