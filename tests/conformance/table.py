"""Which method of which client works: collected while the tests run, written to docs/mem0-compatibility.md."""

from __future__ import annotations

from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs" / "mem0-compatibility.md"
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"
WORKS, FAILS, ABSENT = "yes", "**no**", "–"
COLUMNS = (
    "Python 1",
    "Python 1 async",
    "Python 2",
    "Python 2 async",
    "TypeScript 2",
    "TypeScript 3",
    "CLI",
    "LlamaIndex",
)

_outcomes: dict[str, dict[str, str]] = {}
_untested: set[str] = set()


def note(method: str, client: str | None, report: pytest.TestReport) -> None:
    """Take down one outcome. A skip that says so means that the client has no such method."""
    if client is None:
        return
    cells = _outcomes.setdefault(method, {})
    if report.skipped:
        reason = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else ""
        if "has no" in reason:
            cells.setdefault(client, ABSENT)
        else:
            _untested.add(client)
    elif report.failed:
        cells[client] = FAILS
    elif cells.get(client) != FAILS:
        cells[client] = WORKS


def complete() -> bool:
    """Tell whether every client was there and every test ran."""
    return not _untested and all(any(column in cells for cells in _outcomes.values()) for column in COLUMNS)


def markdown() -> str:
    """Return the table."""
    lines = ["| method | " + " | ".join(COLUMNS) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    for method, cells in sorted(_outcomes.items()):
        lines.append(f"| {method} | " + " | ".join(cells.get(column, ABSENT) for column in COLUMNS) + " |")
    return "\n".join(lines)


def documented() -> str:
    """Return the table as the documentation has it."""
    return DOCS.read_text().partition(BEGIN)[2].partition(END)[0].strip()


def write() -> None:
    """Put the table into the documentation."""
    before, _, rest = DOCS.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCS.write_text(f"{before}{BEGIN}\n{markdown()}\n{END}{after}")
