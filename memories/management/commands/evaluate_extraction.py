"""Score the configured extractor on conversations whose turns people have labelled."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from memories.samples.conversations import read_samples
from memories.samples.scoring import Score
from memories.services.evaluation import NotRead, evaluate, scratch, usage_of

WIDTH = 14


class Command(BaseCommand):
    """`manage.py evaluate_extraction --data FILE`."""

    help = (
        "Reads scored conversations (LoCoMo format with `updates`, `not_worth_remembering` and `third_party`) through "
        "the configured extractor, a language model or our own, into a project of their own that is removed "
        "afterwards, and prints precision, junk rate, supersession accuracy and language kept."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--data", type=Path, nargs="+", required=True, help="scored conversations, JSON")
        parser.add_argument("--json", action="store_true", help="print the figures and the counts behind them as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, score and print each conversation, then all of them together."""
        scores: dict[str, Score] = {}
        try:
            samples = [(path, sample) for path in options["data"] for sample in read_samples(path)]
            with scratch() as (principal, project):
                for path, sample in samples:
                    name = str(sample.get("sample_id") or path.stem)
                    scores[name] = evaluate(sample, principal=principal, project=project)
                usage = usage_of(project)
        except OSError as error:
            raise CommandError(f"Cannot read {error.filename}: {error.strerror}.") from error
        except (ValueError, NotRead) as error:
            raise CommandError(str(error)) from error
        if len(scores) > 1:
            scores["all"] = sum(scores.values(), Score())
        self.stdout.write(_as_json(scores, usage) if options["json"] else _as_table(scores, usage))


def _as_json(scores: Mapping[str, Score], usage: Mapping[str, Any]) -> str:
    found = {name: {**score.shares(), "counts": score.counts()} for name, score in scores.items()}
    return json.dumps({**usage, "conversations": found}, ensure_ascii=False, indent=2)


def _as_table(scores: Mapping[str, Score], usage: Mapping[str, Any]) -> str:
    names = list(Score().shares())
    rows = [["conversation", *names, "statements"]]
    for name, score in scores.items():
        rows.append([name, *map(_share, score.shares().values()), str(score.statements)])
    last = list(scores.values())[-1]
    lines = ["".join(cell.ljust(WIDTH + 2) for cell in row).rstrip() for row in rows]
    lines.append(
        f"\nExtractor {usage['extractor']}; {usage['input_tokens']} tokens in, {usage['output_tokens']} out; "
        f"{usage['refused']} statements refused. Not among the updates: {last.wrongly_superseded} superseded, "
        f"{last.wrongly_proposed} put before a person."
    )
    return "\n".join(lines)


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.3f}"
