"""The command line: `python -m benchmarks [NAME] [options]`."""

from __future__ import annotations

import argparse
import sys

from benchmarks import (
    beside,
    faults,
    growth,
    importer,
    ingestion,
    latency,
    parts,
    processes,
    quality,
    search,
    throughput,
)

BENCHMARKS = {
    "processes": processes,
    "latency": latency,
    "search": search,
    "throughput": throughput,
    "growth": growth,
    "beside": beside,
    "parts": parts,
    "importer": importer,
    "ingestion": ingestion,
    "faults": faults,
    "quality": quality,
}
# Those that need nothing but the product, and little time.
DEFAULT = ("processes", "latency", "search", "importer")


def main(arguments: list[str]) -> None:
    """Run the named benchmark, or with no name all that take little time."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = parser.add_subparsers(dest="name", metavar="NAME")
    for name, module in BENCHMARKS.items():
        summary = (module.__doc__ or "").splitlines()[0]
        module.add_arguments(commands.add_parser(name, help=summary, description=module.__doc__))
    chosen = parser.parse_args(arguments).name
    for name in [chosen] if chosen else DEFAULT:
        options = parser.parse_args(arguments or [name])
        report = BENCHMARKS[name].run(options)
        print(report.markdown(), flush=True)
        print(f"\nWritten to {report.save()}\n", flush=True)
    if not chosen:
        print(f"Not run: {', '.join(sorted(BENCHMARKS.keys() - set(DEFAULT)))}; see python -m benchmarks NAME --help.")


if __name__ == "__main__":
    main(sys.argv[1:])
