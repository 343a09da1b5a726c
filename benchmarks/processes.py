"""How long the product takes to start and to stop, and what memory it holds."""

from __future__ import annotations

import argparse
import time

import psutil

from benchmarks.product import folder, start
from benchmarks.report import Report
from tests.product.running import Product


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--repeat", type=int, default=3, help="products to try (default 3)")


def run(options: argparse.Namespace) -> Report:
    """Start and stop each product twice: on an empty folder, then on the one that is there."""
    report = Report("processes", "Starting and stopping", ["", *(f"try {n}" for n in range(1, options.repeat + 1))])
    tries = [_try() for _ in range(options.repeat)]
    report.rows = [(what, *(one[what] for one in tries)) for what in tries[0]]
    report.notes = ["A start lasts from `manage.py up` to “MemoryHub is up”. Memory is proportional set size."]
    return report


def _try() -> dict[str, float]:
    measured: dict[str, float] = {}
    with folder() as data:
        for which in ("first", "second"):
            began = time.perf_counter()
            product = start(data)
            measured[f"{which} start (s)"] = time.perf_counter() - began
            if which == "second":
                product.http().get("/v1/ping/").raise_for_status()
                measured["memory of all processes (MiB)"] = _memory(product)
            began = time.perf_counter()
            product.stop()
            measured[f"{which} stop (s)"] = time.perf_counter() - began
    return measured


def _memory(product: Product) -> float:
    """Return the MiB that the product's processes hold, each shared page divided among its sharers."""
    family = psutil.Process(product.process.pid).children(recursive=True)
    servers = [p for p in psutil.process_iter(["cmdline"]) if str(product.data) in " ".join(p.info["cmdline"] or [])]
    backends = [child for server in servers for child in server.children(recursive=True)]
    everyone = {p.pid: p for p in [psutil.Process(product.process.pid), *family, *servers, *backends]}
    return sum(_pss(process) for process in everyone.values()) / 2**20


def _pss(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.NoSuchProcess:
        return 0
