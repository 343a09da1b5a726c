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
    vectors,
)

BENCHMARKS = {
    "processes": processes,
    "latency": latency,
    "search": search,
    "throughput": throughput,
    "growth": growth,
    "vectors": vectors,
    "beside": beside,
    "parts": parts,
    "importer": importer,
    "ingestion": ingestion,
    "faults": faults,
    "quality": quality,
}
# What runs without a name: what needs nothing but the product, and mem0's library from its registry.
DEFAULT = (
    ["processes"],
    ["latency"],
    ["search"],
    ["parts"],
    ["throughput"],
    ["growth"],
    ["importer"],
    ["quality"],
)


def main(arguments: list[str]) -> None:
    """Run the named benchmark, or with no name those of DEFAULT."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = parser.add_subparsers(dest="name", metavar="NAME")
    for name, module in BENCHMARKS.items():
        summary = (module.__doc__ or "").splitlines()[0]
        module.add_arguments(commands.add_parser(name, help=summary, description=module.__doc__))
    for words in [arguments] if arguments else DEFAULT:
        options = parser.parse_args(words)
        report = BENCHMARKS[options.name].run(options)
        print(report.markdown(), flush=True)
        print(f"\nWritten to {report.save()} and as Markdown beside it\n", flush=True)
    if not arguments:
        left = ", ".join(sorted(BENCHMARKS.keys() - {words[0] for words in DEFAULT}))
        print(f"Not run: {left}. See python -m benchmarks NAME --help.")


if __name__ == "__main__":
    main(sys.argv[1:])
