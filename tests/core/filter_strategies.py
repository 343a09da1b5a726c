"""Random rows, and random filters that have something to find in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.core.filter_reading import IDS, Row

NAMES = ["ann", "O'Brien", "100%_\\", "7"]
LAYERS = ["conversation", "session", "user", "organization"]
WORDS = ["tea", "Teas", "coffee", "100%", "お茶", "É'é\"", "naïve"]
CATEGORIES = ["food", "Food & drink", "a,b", 'q"{}', "É", "NULL"]
# Keys and strings that Postgres, LIKE, JSON paths, arrays or string formatting might take for their own. Few, so
# that what a filter asks for is often there.
KEYS = ["a", "b.c", "q\"'\\", "100%s{0}", "日本", "", "0", "$v"]
STRINGS = ["a", "A", "ab", "É", "é😀", "10", "9", "null", "100%s{0}", "q\"'\\", ""]
OPERATOR_KEYS = ["in", "eq"]
START = datetime(2026, 3, 1, tzinfo=UTC)

keys = st.sampled_from(["a", "a", "a", *KEYS])
numbers = st.sampled_from([0, 1, 1.0, 9, 10, 0.1, 2**70, 1e20])
strings = st.sampled_from(STRINGS)
scalars = st.one_of(strings, numbers, st.booleans(), st.none())
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(st.sampled_from(["a", *KEYS, *OPERATOR_KEYS]), inner, max_size=2)
    ),
    max_leaves=3,
)
objects = st.dictionaries(keys, values, max_size=2)
filled = st.one_of(objects, st.dictionaries(keys, values, min_size=3, max_size=5))
# Half days, so that many are the very moment at which a day ends.
moments = st.integers(0, 8).map(lambda half_days: START + timedelta(hours=12 * half_days))
days = st.integers(0, 4).map(lambda day: date(2026, 3, 1) + timedelta(days=day))
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
rows = st.fixed_dictionaries(
    {
        **{key: st.sampled_from([*NAMES, None]) for key in IDS},
        **dict.fromkeys(("created_at", "updated_at", "timestamp"), moments),
        "expiration_date": st.one_of(st.none(), days),
        "text": texts,
        "categories": st.lists(st.sampled_from(CATEGORIES), max_size=2, unique=True),
        "metadata": filled,
        "layer": st.sampled_from(LAYERS),
        "pinned": st.booleans(),
    }
)


def one_of_operators(**operands: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects of one or two of these operators."""
    return st.lists(st.sampled_from(sorted(operands)), min_size=1, max_size=2, unique=True).flatmap(
        lambda chosen: st.fixed_dictionaries({operator: operands[operator] for operator in chosen})
    )


def some(items: st.SearchStrategy[Any], least: int = 0) -> st.SearchStrategy[list[Any]]:
    return st.lists(items, min_size=least, max_size=3)


def membership(items: st.SearchStrategy[Any]) -> dict[str, st.SearchStrategy[Any]]:
    return {"eq": items, "ne": items, "in": some(items), "nin": some(items)}


names = st.sampled_from([*NAMES, "nobody", "*", 7])
ids = st.one_of(
    names,
    st.none(),
    one_of_operators(**membership(names) | {"exists": st.booleans(), "*": st.booleans()}),
    st.fixed_dictionaries({"ne": st.none()}),
)
zoned = moments.map(lambda moment: (moment + timedelta(hours=9)).isoformat().replace("+00:00", "+09:00"))
instants = st.one_of(moments.map(datetime.isoformat), zoned, moments.map(datetime.timestamp), days.map(date.isoformat))
order = dict.fromkeys(("gt", "gte", "lt", "lte"), instants)
times = st.one_of(instants, one_of_operators(**order, **membership(instants)))
expiries = st.one_of(
    instants, st.none(), one_of_operators(**order, **membership(instants), exists=st.booleans()), st.just({"ne": None})
)
parts = st.one_of(st.sampled_from(["t", "TEA", "%", "é", "É", "'", '"', "お", "_", "\\"]), texts)
parts = st.one_of(parts, some(parts, 1))
substrings = {"contains": parts, "icontains": parts}
said = st.one_of(parts, one_of_operators(**substrings, **membership(texts)))
phrases = st.one_of(texts, some(texts, 1))
keywords = st.one_of(phrases, one_of_operators(**substrings, eq=phrases, ne=phrases))
category_parts = st.sampled_from([*CATEGORIES, "FOOD", "o", "é", '"', "null", "{", ","])
filed = st.one_of(
    category_parts,
    some(st.sampled_from(CATEGORIES)),
    one_of_operators(
        contains=st.one_of(category_parts, some(category_parts, 1)),
        icontains=category_parts,
        exists=st.booleans(),
        **membership(st.sampled_from([*CATEGORIES, "nothing"])),
    ),
)
layers = st.sampled_from(LAYERS)
layered = st.one_of(layers, some(layers), one_of_operators(**membership(layers)))
pinned = st.one_of(st.booleans(), one_of_operators(eq=st.booleans(), ne=st.booleans()))
comparable = st.one_of(strings, numbers)
containable = st.one_of(strings, numbers, st.booleans())
operators = one_of_operators(
    **membership(values),
    **dict.fromkeys(("gt", "gte", "lt", "lte"), comparable),
    contains=st.one_of(containable, some(containable, 1), objects),
    icontains=strings,
    exists=st.booleans(),
)
said_of_a_key = st.one_of(scalars, st.lists(scalars, max_size=2), operators)
nested = st.recursive(said_of_a_key, lambda inner: st.dictionaries(keys, inner, min_size=1, max_size=2), max_leaves=2)
metadata = st.one_of(
    st.dictionaries(keys, nested, max_size=2),
    one_of_operators(**membership(objects), contains=objects),
)
plain_keys = keys.filter(lambda key: key and "." not in key)
dotted = st.tuples(st.lists(plain_keys, min_size=1, max_size=2), said_of_a_key).map(
    lambda pair: {f"metadata.{'.'.join(pair[0])}": pair[1]}
)


def field(name: str, conditions: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return conditions.map(lambda condition: {name: condition})


leaves = st.one_of(
    *(field(key, ids) for key in (*IDS, "userId", "agentId")),
    *(field(key, times) for key in ("created_at", "updated_at", "timestamp")),
    field("expiration_date", expiries),
    field("text", said),
    field("keywords", keywords),
    field("keywords_search", keywords),
    field("categories", filed),
    field("layer", layered),
    field("pinned", pinned),
    *[field("metadata", metadata)] * 2,
    dotted,
)


def groups(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    several = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        st.fixed_dictionaries({"AND": several}),
        st.fixed_dictionaries({"OR": several}),
        st.fixed_dictionaries({"NOT": st.one_of(inner, several)}),
        st.fixed_dictionaries({"AND": several, "OR": several}),
        st.tuples(inner, inner).map(lambda pair: {**pair[0], **pair[1]}),
    )


def inside(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Everything in a row's metadata with the keys that lead to it; a list's elements count as found at the list."""
    if path:
        yield path, value
    if isinstance(value, dict):
        for key, item in value.items():
            yield from inside(item, (*path, key))
    elif isinstance(value, list):
        yield from ((path, item) for item in value)


def asked(operand: Any) -> list[dict[str, Any]]:
    """Every condition that may have this operand."""
    found = [{"eq": operand}, {"ne": operand}, {"in": [operand]}, {"nin": ["b", operand]}, {"exists": True}]
    if isinstance(operand, str):
        found += [{"icontains": operand.swapcase()}, {"contains": operand[:1]}, {"contains": ["", operand]}]
    if isinstance(operand, str | int | float | dict) or (isinstance(operand, list) and operand == flat(operand)):
        found.append({"contains": operand})
    if isinstance(operand, str | int | float) and not isinstance(operand, bool):
        found += [{operator: operand} for operator in ("gt", "gte", "lt", "lte")]
    return found


def flat(items: list[Any]) -> list[Any]:
    return [item for item in items if isinstance(item, str | int | float)] or [""]


@st.composite
def aimed(draw: st.DrawFn, metadatas: list[dict[str, Any]]) -> dict[str, Any]:
    """A filter on a key that is there, by a value that is, or that might be."""
    present = [pair for each in metadatas for pair in inside(each)] or [(("a",), "a")]
    path, value = draw(st.sampled_from(present))
    operand = draw(st.one_of(st.just(value), st.sampled_from([value for _path, value in present]), values))
    condition: Any = draw(st.sampled_from(asked(operand)))
    for key in reversed(path):
        condition = {key: condition}
    # Within `eq` there are only keys and values, so keys named like operators are reached from their parent.
    return {"metadata": condition} if not set(path) & set(OPERATOR_KEYS) else {"metadata": {"a": {"eq": operand}}}


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Row], list[dict[str, Any]]]:
    written = draw(st.lists(rows, min_size=2, max_size=8))
    about_them = aimed([row["metadata"] for row in written])
    filters = st.recursive(st.one_of(leaves, about_them, about_them), groups, max_leaves=5)
    return written, draw(st.lists(filters, min_size=2, max_size=8))
