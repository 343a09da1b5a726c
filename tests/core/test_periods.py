"""Phrases for a time, in three languages, read against a date."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from memories.recall.numerals import number
from memories.recall.periods import Period, find_period

TODAY = date(2026, 11, 21)  # a Saturday


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("What did Ann do yesterday?", "2026-11-20", "2026-11-21"),
        ("the day before yesterday", "2026-11-19", "2026-11-20"),
        ("Where did we go last summer?", "2026-06-01", "2026-09-01"),
        ("Where did we go last winter?", "2025-12-01", "2026-03-01"),
        ("the winter of 2024", "2024-12-01", "2025-03-01"),
        ("what happened last week", "2026-11-09", "2026-11-16"),
        ("last weekend", "2026-11-14", "2026-11-16"),
        ("last month", "2026-10-01", "2026-11-01"),
        ("two months ago", "2026-09-01", "2026-10-01"),
        ("3 days ago", "2026-11-18", "2026-11-19"),
        ("a year ago", "2025-01-01", "2026-01-01"),
        ("in May", "2026-05-01", "2026-06-01"),
        ("in December", "2025-12-01", "2026-01-01"),
        ("in May 2023", "2023-05-01", "2023-06-01"),
        ("May 8, 2023", "2023-05-08", "2023-05-09"),
        ("on 8 May", "2026-05-08", "2026-05-09"),
        ("on 2024-02-29", "2024-02-29", "2024-03-01"),
        ("in 2022", "2022-01-01", "2023-01-01"),
        ("去年の春に何をした？", "2025-03-01", "2025-06-01"),
        ("一昨年の秋", "2024-09-01", "2024-12-01"),
        ("先週はどこへ行った？", "2026-11-09", "2026-11-16"),
        ("三日前に食べたもの", "2026-11-18", "2026-11-19"),
        ("2か月前", "2026-09-01", "2026-10-01"),
        ("2024年3月5日の予定", "2024-03-05", "2024-03-06"),
        ("去年の5月", "2025-05-01", "2025-06-01"),
        ("先月", "2026-10-01", "2026-11-01"),
        ("おととい", "2026-11-19", "2026-11-20"),
        ("上个月她去了哪里？", "2026-10-01", "2026-11-01"),
        ("去年夏天", "2025-06-01", "2025-09-01"),
        ("前天买了什么", "2026-11-19", "2026-11-20"),
        ("两周前", "2026-11-02", "2026-11-09"),
        ("十二月份", "2025-12-01", "2026-01-01"),
        ("2023年", "2023-01-01", "2024-01-01"),
        ("上周", "2026-11-09", "2026-11-16"),
        ("上上周", "2026-11-02", "2026-11-09"),
        ("the week before last", "2026-11-02", "2026-11-09"),
        ("先々週の会議", "2026-11-02", "2026-11-09"),
        ("上上个月", "2026-09-01", "2026-10-01"),
        ("大前天", "2026-11-18", "2026-11-19"),
        ("last night", "2026-11-20", "2026-11-21"),
        ("What is planned for tomorrow?", "2026-11-22", "2026-11-23"),
        ("明日の予定", "2026-11-22", "2026-11-23"),
        ("下周有什么安排", "2026-11-23", "2026-11-30"),
        ("来月", "2026-12-01", "2027-01-01"),
        ("ten days ago", "2026-11-11", "2026-11-12"),
        ("a couple of weeks ago", "2026-11-02", "2026-11-09"),
        ("half a year ago", "2026-04-01", "2026-07-01"),
        ("半年前に買った", "2026-04-01", "2026-07-01"),
        ("last Friday", "2026-11-20", "2026-11-21"),
        ("last Saturday", "2026-11-14", "2026-11-15"),
        ("next Friday", "2026-11-27", "2026-11-28"),
        ("next Saturday", "2026-11-28", "2026-11-29"),
        ("先週の金曜日", "2026-11-13", "2026-11-14"),
        ("来週の月曜日", "2026-11-23", "2026-11-24"),
        ("上周五", "2026-11-13", "2026-11-14"),
        ("上星期天", "2026-11-15", "2026-11-16"),
        ("上上周三", "2026-11-04", "2026-11-05"),
        ("Apr 3, 2025", "2025-04-03", "2025-04-04"),
        ("3 Sept. 2025", "2025-09-03", "2025-09-04"),
        ("Dec 2024", "2024-12-01", "2025-01-01"),
        ("令和8年1月", "2026-01-01", "2026-02-01"),
        ("令和元年", "2019-01-01", "2020-01-01"),
        ("平成30年の春", "2018-01-01", "2019-01-01"),
    ],
)
def test_a_phrase_names_a_period(text: str, start: str, end: str) -> None:
    assert find_period(text, TODAY) == Period(date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize(
    "text",
    [
        "What may I eat?",
        "Does she march?",
        "She had a great fall",
        "My favourite is spring rolls",
        "the birthday of Jan",
        "Is Jun a friend of Sun?",
        "2024-13-45",
        "99999 years ago",
        "thirty-first of nowhere",
        "好吃吗",
    ],
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert find_period(text, TODAY) is None


def test_what_is_told_afterwards_is_near_what_comes_before_is_not() -> None:
    period = Period(date(2026, 6, 1), date(2026, 6, 8))
    days = [date(2026, 5, 31), date(2026, 6, 1), date(2026, 6, 7), date(2026, 6, 8), date(2026, 7, 1)]
    before, first, last, after, long_after = period.nearness(np.array([day.toordinal() for day in days]))
    assert (before, first, last, long_after) == (0.0, 1.0, 1.0, 0.0)
    assert 0.5 < after < 1


@pytest.mark.parametrize(
    ("text", "value"), [("12", 12), ("十", 10), ("十二", 12), ("二十三", 23), ("两", 2), ("a", 1)]
)
def test_numerals(text: str, value: int) -> None:
    assert number(text) == value


def test_what_is_no_numeral_is_refused() -> None:
    with pytest.raises(ValueError, match="no small number"):
        number("一二")
