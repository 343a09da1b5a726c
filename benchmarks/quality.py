"""How well search finds the turns that answer a question, on files in LoCoMo's format.

Each conversation is one end user, each session one run with its date, each turn one memory (infer=false) with
its speaker. Each question asks for 20 memories of its end user; they are compared with the turns it names as
evidence. Category 5, adversarial, is left out of the means.

With --statements, a language model on this machine keeps the longest sentence of each turn instead, and what rests on
a turn counts as that turn: words of the rest of it, and of the turns around it, are then found by the context alone.
With --leave-one-out the signals' weights are also found anew without each conversation, and tried on it: what the
shipped weights owe to these files shows there.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.measures import evidence_ids, ndcg_at, recall_at, reciprocal_rank
from benchmarks.product import PLAIN, Client, folder, fresh_product
from benchmarks.reader import read
from benchmarks.report import Report
from benchmarks.rows import rows
from benchmarks.weights import case, interval, leave_one_out
from memories.samples.conversations import iter_sessions, read_samples
from tests.product.running import Product, running
from tests.providers.wire import OpenAIWire

# In Japanese and Chinese.
OURS = Path(__file__).resolve().parent.parent / "tests" / "extraction" / "cjk-dev.json"
TOP_K = 20
PATIENCE_SECONDS = 600.0
SOURCES = """
SELECT message.event_id, message.position, memory_id
FROM memories_memory_sources JOIN memories_message AS message ON message.id = message_id
"""
# As many as the API gives: the signals of every memory of a conversation.
ALL = 1000
ADVERSARIAL = 5
CATEGORIES = {1: "multi-hop", 2: "temporal", 3: "open-domain", 4: "single-hop", ADVERSARIAL: "adversarial"}
MEASURES = ("R@5", "R@10", "R@20", "MRR", "nDCG@10")
Answer = dict[str, Any]
Sample = dict[str, Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    said = "conversations with questions, LoCoMo-format JSON, may be given several times (default our own)"
    parser.add_argument("--file", type=Path, action="append", help=said)
    parser.add_argument("--statements", action="store_true", help="extract statements, rather than store each turn")
    parser.add_argument("--leave-one-out", action="store_true", help="find the weights without each conversation, too")


def run(options: argparse.Namespace) -> Report:
    """Load the conversations, ask the questions, and report the means."""
    files = options.file or [OURS]
    names = ", ".join(path.name for path in files)
    columns = ["questions", "category", "number", *MEASURES, "95 % of R@10"]
    what = "statements" if options.statements else "turns"
    report = Report("quality", f"Search quality on {what} of {names}", columns)
    samples = [sample for path in files for sample in read_samples(path)]
    answers: list[Answer] = []
    made: Callable[[], Any] = _reading_product if options.statements else fresh_product
    with made() as product:
        client = Client(product)
        for sample in samples:
            memories = _extract(client, product, sample) if options.statements else _load(client, sample)
            asked = [_ask(client, sample, qa, memories, signals=options.leave_one_out) for qa in sample["qa"]]
            answers += [answer for answer in asked if answer]
    groups = {path.name: [str(sample["sample_id"]) for sample in read_samples(path)] for path in files}
    _report(report, answers, groups, title="")
    asked_for = sum(len(sample["qa"]) for sample in samples)
    report.notes = [f"{len(answers)} of {asked_for} questions name a turn that exists; the others are left out."]
    if options.leave_one_out:
        unseen = _left_out(answers)
        _report(report, unseen, groups, title="unseen ")
        report.notes += _differences(answers, unseen, groups)
        report.details["leave_one_out"] = unseen
    report.details["answers"] = [{key: value for key, value in one.items() if key != "case"} for one in answers]
    return report


def _report(report: Report, answers: list[Answer], groups: dict[str, list[str]], *, title: str) -> None:
    """Tell the means of each conversation, and of each file by category."""
    for file, names in groups.items():
        for name in names:
            report.rows.append(
                _row(f"{title}{name}", "1-4", [a for a in answers if a["sample"] == name and _counts(a)])
            )
        here = [answer for answer in answers if answer["sample"] in names]
        for number, meaning in CATEGORIES.items():
            if chosen := [answer for answer in here if answer["category"] == number]:
                report.rows.append(_row(f"{title}{file}", f"{number} {meaning}", chosen))
        report.rows.append(_row(f"{title}{file}", "1-4", [answer for answer in here if _counts(answer)]))


def _differences(shipped: list[Answer], unseen: list[Answer], groups: dict[str, list[str]]) -> Iterator[str]:
    """Say of each file what the weights found without a conversation change, question by question."""
    counted = [answer for answer in shipped if "case" in answer]
    for file, names in groups.items():
        pairs = [pair for pair in zip(counted, unseen, strict=True) if pair[0]["sample"] in names]
        for measure in ("R@10", "nDCG@10"):
            changes = [after[measure] - before[measure] for before, after in pairs]
            low, high = interval(changes)
            mean = sum(changes) / len(changes)
            yield f"{file}: unseen less shipped {measure}: {mean:+.3f}, 95 % of it {low:+.3f} to {high:+.3f}."


@contextmanager
def _reading_product() -> Iterator[Product]:
    """Run a product whose language model keeps the longest sentence of every turn."""
    with OpenAIWire() as wire, folder() as data:
        wire.reply_with(partial(read, shortest=0))
        with running(data, **{**PLAIN, "OPENAI_API_KEY": "none", "OPENAI_BASE_URL": wire.url}) as product:
            yield product


def _extract(client: Client, product: Product, sample: Sample) -> dict[str, str]:
    """Have every session extracted; return the memory that rests on each turn."""
    person = str(sample["sample_id"])
    turns: dict[tuple[str, int], str] = {}
    for session in iter_sessions(sample):
        messages = [{"role": turn.role, "content": turn.text, "name": turn.speaker} for turn in session.turns]
        sent = {"run_id": f"{person}/session-{session.number}", "timestamp": session.started_at.timestamp()}
        event = client.add(messages, user_id=person, **sent)["event_id"]
        turns |= {(event, position): turn.dia_id for position, turn in enumerate(session.turns)}
    for event in {event for event, _position in turns}:
        done = product.finished(event, seconds=PATIENCE_SECONDS)
        if done["status"] != "SUCCEEDED":
            raise SystemExit(f"Event {event} failed: {done}")
    found = {(str(event), position): str(memory) for event, position, memory in rows(product.data, SOURCES)}
    return {turn: found[place] for place, turn in turns.items() if place in found}


def _load(client: Client, sample: Sample) -> dict[str, str]:
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


def _ask(client: Client, sample: Sample, qa: Sample, memories: dict[str, str], *, signals: bool) -> Answer | None:
    """Return how well the question was answered; None if no turn that exists is named as its evidence."""
    relevant = {memories[turn] for turn in evidence_ids(qa.get("evidence")) if turn in memories}
    if not relevant:
        return None
    name = str(sample["sample_id"])
    ranking = [hit["id"] for hit in client.search(qa["question"], user_id=name, top_k=TOP_K)]
    answer: Answer = {"sample": name, "category": qa.get("category"), **_measured(ranking, relevant)}
    if signals and _counts(answer):
        wanted = {"top_k": ALL, "explain": True, "fields": ["id", "score_breakdown"]}
        told = client.searched(qa["question"], user_id=name, **wanted)
        answer["case"] = case(name, told["results"], told["explanation"]["weights"], relevant)
    return answer


def _measured(ranking: list[str], relevant: set[str] | frozenset[str]) -> dict[str, float]:
    recalls = {f"R@{k}": recall_at(k, ranking, relevant) for k in (5, 10, 20)}
    return {**recalls, "MRR": reciprocal_rank(ranking, relevant), "nDCG@10": ndcg_at(10, ranking, relevant)}


def _left_out(answers: list[Answer]) -> list[Answer]:
    """Return the answers as they are with weights that were found without their conversation."""
    asked = [answer for answer in answers if "case" in answer]
    rankings = leave_one_out([answer["case"] for answer in asked], TOP_K)
    return [
        {**_plain(answer), **_measured(ranking, answer["case"].relevant)}
        for answer, ranking in zip(asked, rankings, strict=True)
    ]


def _plain(answer: Answer) -> Answer:
    return {"sample": answer["sample"], "category": answer["category"]}


def _counts(answer: Answer) -> bool:
    return bool(answer["category"] != ADVERSARIAL)


def _row(questions: str, category: str, answers: list[Answer]) -> tuple[str | float | int, ...]:
    means = (sum(answer[name] for answer in answers) / max(len(answers), 1) for name in MEASURES)
    low, high = interval([answer["R@10"] for answer in answers]) if answers else (0.0, 0.0)
    return (questions, category, len(answers), *means, f"{low:.3f} to {high:.3f}")
