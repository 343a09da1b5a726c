"""How fast `manage.py import_conversations` reads a file."""

from __future__ import annotations

import argparse
import json
import re
import tempfile
import time
from pathlib import Path

from benchmarks.product import fresh_product
from benchmarks.report import Report
from memories.samples import SAMPLES, load_sample

OUTCOME = re.compile(r"(\d+) sessions, (\d+) new memories in ([\d.]+) s")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("file", type=Path, nargs="?", help="LoCoMo-format JSON; the shipped samples when left out")


def run(options: argparse.Namespace) -> Report:
    """Import the file twice, each time into a new product: every turn kept, then statements extracted."""
    name = options.file.name if options.file else "the shipped samples"
    columns = ["mode", "sessions", "memories", "memories/s", "seconds", "with the command's own start (s)"]
    report = Report("importer", f"Importing {name}", columns)
    with tempfile.TemporaryDirectory() as folder:
        file = options.file.resolve() if options.file else _shipped(Path(folder))
        for mode, flags in (("verbatim", ["--verbatim"]), ("extraction, no language model", [])):
            report.rows.append((mode, *_import(file, flags)))
    return report


def _import(file: Path, flags: list[str]) -> tuple[int, int, float, float, float]:
    with fresh_product() as product:
        began = time.perf_counter()
        said = product.manage("import_conversations", str(file), "--project", product.account["project_id"], *flags)
        whole = time.perf_counter() - began
    match = OUTCOME.search(said)
    if match is None:
        raise SystemExit(f"The command said something unexpected: {said}")
    sessions, memories, seconds = int(match[1]), int(match[2]), float(match[3])
    return sessions, memories, memories / max(seconds, 0.1), seconds, whole


def _shipped(folder: Path) -> Path:
    file = folder / "samples.json"
    file.write_text(json.dumps([load_sample(name) for name in SAMPLES]))
    return file
