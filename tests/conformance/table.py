"""Which method of which client works: collected while the tests run, written to docs/mem0-compatibility.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.left_out import LEFT_OUT, rows

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
    "LangChain",
)
# What the paragraph under the table explains.
NOTES = {("feedback", "Python 1"): "¹", ("feedback", "Python 1 async"): "¹"}

_outcomes: dict[str, dict[str, str]] = {}
_methods: dict[str, set[str]] = {}
_called: dict[str, list[set[str]]] = {}
_untested: set[str] = set()


def watch(client: str, methods: set[str], called: set[str]) -> None:
    """Take down which methods a client says it has, and watch those that are called."""
    _methods[client] = methods
    _called.setdefault(client, []).append(called)


def note(method: str, client: str | None, report: pytest.TestReport) -> None:
    """Take down one outcome."""
    if client is None:
        return
    cells = _outcomes.setdefault(method, {})
    if report.skipped:
        _untested.add(client)
    elif report.failed:
        cells[client] = FAILS
    elif cells.get(client) != FAILS:
        cells[client] = WORKS


def complete() -> bool:
    """Tell whether every client was there and every test ran."""
    return not _untested and all(any(column in cells for cells in _outcomes.values()) for column in COLUMNS)


def undriven(client: str) -> set[str]:
    """Return the client's methods that were not called, or lack an outcome in one of their rows."""
    noted = {method for method in _methods[client] if set(rows(client, method)) <= _driven(client)}
    return _methods[client] - noted.intersection(set().union(*_called[client]))


def unfounded(client: str) -> set[str]:
    """Return the rows that have an outcome of the client, which has no method for them."""
    return _driven(client) - {row for method in _methods[client] for row in rows(client, method)}


def _driven(client: str) -> set[str]:
    return {row for row, cells in _outcomes.items() if client in cells}


def markdown() -> str:
    """Return the table, and the methods that have no row."""
    lines = ["| method | " + " | ".join(COLUMNS) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    for method, cells in sorted(_outcomes.items()):
        shown = [cells.get(column, ABSENT) + NOTES.get((method, column), "") for column in COLUMNS]
        lines.append(f"| {method} | " + " | ".join(shown) + " |")
    return "\n".join([*lines, "", "Methods without a row:", "", *_left_out()])


def _left_out() -> list[str]:
    """Return a line for each reason, with the client and the methods that it holds for."""
    held: dict[tuple[str, str], dict[str, None]] = {}
    for column in COLUMNS:
        for method, reason in LEFT_OUT.get(column, {}).items():
            # Versions of one client share their reasons.
            held.setdefault((column.split()[0], reason), {})[f"`{method}`"] = None
    return [f"- {client}: {', '.join(methods)} – {reason}" for (client, reason), methods in held.items()]


def documented() -> str:
    """Return the table as the documentation has it."""
    return DOCS.read_text().partition(BEGIN)[2].partition(END)[0].strip()


def write() -> None:
    """Put the table into the documentation."""
    before, _, rest = DOCS.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCS.write_text(f"{before}{BEGIN}\n{markdown()}\n{END}{after}")
