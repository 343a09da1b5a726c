from __future__ import annotations

import math
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from providers.embedded import EmbeddedEmbedder

TEXTS = [
    "",
    " ",
    "a",
    "Ann drinks green tea every morning.",
    "杏は毎朝緑茶を飲みます。",
    "小安每天早上喝绿茶。",
    "🍵🌅 👩‍👩‍👧",
    "\x00\ufeff\u200b",
    "[CLS] [SEP] [PAD]",
    "x" * 5000,
    "word " * 2000,
]


@pytest.fixture(scope="module")
def embedder() -> EmbeddedEmbedder:
    return EmbeddedEmbedder()


def cosine(a: list[float], b: list[float]) -> float:
    """Of two vectors of unit length."""
    return sum(x * y for x, y in zip(a, b, strict=True))


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_has_a_vector_of_unit_length(embedder: EmbeddedEmbedder, text: str) -> None:
    (vector,) = embedder.embed([text])

    assert len(vector) == 384
    assert all(type(number) is float for number in vector)
    assert math.isclose(math.hypot(*vector), 1.0, abs_tol=1e-5)


def test_the_same_text_has_the_same_vector_in_any_company(embedder: EmbeddedEmbedder) -> None:
    together = embedder.embed(TEXTS)

    assert together == [embedder.embed_query(text) for text in TEXTS]
    assert together == EmbeddedEmbedder().embed(TEXTS)
    assert embedder.embed([]) == []


def test_vectors_come_in_order(embedder: EmbeddedEmbedder) -> None:
    assert embedder.embed(TEXTS[::-1]) == embedder.embed(TEXTS)[::-1]


@pytest.mark.parametrize(
    ("query", "near", "far"),
    [
        ("What does Ann drink?", "Ann has a cup of green tea each morning.", "The car needs new tyres."),
        ("Where does Bob work?", "Bob is employed at a bank in Leeds.", "Bob's sister plays the violin."),
        ("pets", "They adopted a kitten last spring.", "The quarterly report is due on Friday."),
    ],
)
def test_a_paraphrase_is_nearer_than_another_subject(
    embedder: EmbeddedEmbedder, query: str, near: str, far: str
) -> None:
    asked = embedder.embed_query(query)
    nearer, farther = embedder.embed([near, far])

    assert cosine(asked, nearer) > cosine(asked, farther) + 0.1


def test_a_long_text_is_cut_not_refused(embedder: EmbeddedEmbedder) -> None:
    start = "Ann drinks green tea. " * 100
    started = time.perf_counter()

    huge = embedder.embed_query(start + "The car needs new tyres. " * 400_000)

    assert time.perf_counter() - started < 2.0, "reading it all takes eight seconds"
    assert huge == embedder.embed_query(start)


def test_threads_share_one_model() -> None:
    embedder = EmbeddedEmbedder()

    with ThreadPoolExecutor(8) as pool:
        runs = list(pool.map(lambda _: embedder.embed(TEXTS), range(16)))

    assert all(run == runs[0] for run in runs)


def test_more_cores_give_the_same_vectors(embedder: EmbeddedEmbedder) -> None:
    for one, two in zip(embedder.embed(TEXTS), EmbeddedEmbedder(threads=2).embed(TEXTS), strict=True):
        assert cosine(one, two) > 0.999
