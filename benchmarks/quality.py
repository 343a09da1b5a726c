"""How well search finds the turns that answer a question, on a file in LoCoMo's format.

Each conversation is one end user, each session one run with its date, each turn one memory (infer=false) with
its speaker. Each question asks for 20 memories of its end user; they are compared with the turns it names as
evidence. Category 5, adversarial, is left out of the means.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from benchmarks.measures import evidence_ids, ndcg_at, recall_at, reciprocal_rank
from benchmarks.product import Client, fresh_product
from benchmarks.report import Report
from memories.samples.conversations import iter_sessions, read_samples

TOP_K = 20
ADVERSARIAL = 5
CATEGORIES = {1: "multi-hop", 2: "temporal", 3: "open-domain", 4: "single-hop", ADVERSARIAL: "adversarial"}
MEASURES = ("R@5", "R@10", "R@20", "MRR", "nDCG@10")
Answer = dict[str, Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--file", type=Path, required=True, help="conversations with questions, LoCoMo-format JSON")


def run(options: argparse.Namespace) -> Report:
    """Load the conversations, ask the questions, and report the means."""
    report = Report(
        "quality", f"Search quality on {options.file.name}", ["questions", "category", "number", *MEASURES]
    )
    answers: list[Answer] = []
    samples = read_samples(options.file)
    with fresh_product() as product:
        client = Client(product)
        for sample in samples:
            memories = _load(client, sample)
            answers += [answer for qa in sample["qa"] if (answer := _ask(client, sample, qa, memories))]
    for sample in samples:
        name = str(sample["sample_id"])
        report.rows.append(_row(name, "1-4", [a for a in answers if a["sample"] == name and _counts(a)]))
    for number, meaning in CATEGORIES.items():
        if chosen := [a for a in answers if a["category"] == number]:
            report.rows.append(_row("all", f"{number} {meaning}", chosen))
    report.rows.append(_row("all", "1-4", [a for a in answers if _counts(a)]))
    asked = sum(len(sample["qa"]) for sample in samples)
    report.notes = [f"{len(answers)} of {asked} questions name a turn that exists; the others are left out."]
    report.details = {"answers": answers}
    return report


def _load(client: Client, sample: dict[str, Any]) -> dict[str, str]:
    """Store every turn as a memory; return the memory of each turn. Turns of the same words share one."""
    person = str(sample["sample_id"])
    memories: dict[str, str] = {}
    for session in iter_sessions(sample):
        messages = [{"role": turn.role, "content": turn.text, "name": turn.speaker} for turn in session.turns]
        receipt = client.add(
            messages,
            user_id=person,
            run_id=f"{person}/session-{session.number}",
            timestamp=session.started_at.timestamp(),
            infer=False,
        )
        stored = {result["memory"]: result["id"] for result in receipt["results"]}
        memories |= {turn.dia_id: stored[turn.text] for turn in session.turns if turn.text in stored}
    return memories


def _ask(client: Client, sample: dict[str, Any], qa: dict[str, Any], memories: dict[str, str]) -> Answer | None:
    """Return how well the question was answered; None if no turn that exists is named as its evidence."""
    relevant = {memories[turn] for turn in evidence_ids(qa.get("evidence")) if turn in memories}
    if not relevant:
        return None
    ranking = [hit["id"] for hit in client.search(qa["question"], user_id=str(sample["sample_id"]), top_k=TOP_K)]
    return {
        "sample": str(sample["sample_id"]),
        "category": qa.get("category"),
        "R@5": recall_at(5, ranking, relevant),
        "R@10": recall_at(10, ranking, relevant),
        "R@20": recall_at(20, ranking, relevant),
        "MRR": reciprocal_rank(ranking, relevant),
        "nDCG@10": ndcg_at(10, ranking, relevant),
    }


def _counts(answer: Answer) -> bool:
    return bool(answer["category"] != ADVERSARIAL)


def _row(questions: str, category: str, answers: list[Answer]) -> tuple[str | float | int, ...]:
    means = (sum(answer[name] for answer in answers) / max(len(answers), 1) for name in MEASURES)
    return (questions, category, len(answers), *means)
