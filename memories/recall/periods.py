"""The time that a query speaks of: "last summer", 去年の春, 上个月, read against a date.

English, Japanese and Chinese. Seasons are those of the northern half: spring is March to May. A month without a
year is the latest one that has begun. What isn't understood is no period, so nothing is ranked by it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from memories.recall.columns import Floats, Integers
from memories.recall.numerals import NUMERAL, WORDS, number

MONTHS = "january february march april may june july august september october november december".split()  # noqa: SIM905
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12, "春": 3, "夏": 6, "秋": 9, "冬": 12}
YEARS_BACK = {"last": 1, "this": 0, "next": -1, "去年": 1, "昨年": 1, "今年": 0, "来年": -1, "明年": -1}
YEARS_BACK |= {"一昨年": 2, "前年": 2, "": 0}
UNITS = {"day": "day", "week": "week", "month": "month", "year": "year", "日": "day", "天": "day", "週間": "week"}
UNITS |= {
    "周": "week",
    "星期": "week",
    "ヶ月": "month",
    "か月": "month",
    "カ月": "month",
    "个月": "month",
    "年": "year",
}
WEEKDAYS = {name: day for day, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
WEEKDAYS |= {char: day for day, char in enumerate("月火水木金土日")} | {
    char: day for day, char in enumerate("一二三四五六")
}
WEEKDAYS |= {"天": 6}
# How many weeks back a phrase goes; without a phrase it is the latest such day that is over.
WEEKS_BACK = {"先々週": 2, "先週": 1, "今週": 0, "来週": -1, "上上": 2, "上": 1, "这": 0, "本": 0, "下": -1}
# The year before the first of an era.
ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925}


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` until `end`, which is no part of it."""

    start: date
    end: date

    def nearness(self, days: Integers) -> Floats:
        """Return for each day (an ordinal) 1 within the period, less the later, 0 from its own length after it on.

        News is told afterwards.
        """
        start, end = self.start.toordinal(), self.end.toordinal()
        late = days - end + 1
        after = np.where(late > 0, np.maximum(1.0 - late / (end - start + 1), 0.0), 0.0)
        return np.where((days >= start) & (days < end), 1.0, after)


def find_period(text: str, today: date) -> Period | None:
    """Return the first time that `text` speaks of, the more exact way of saying it first; None if there is none."""
    for pattern, read in _READINGS:
        if match := pattern.search(text):
            try:
                return read(match, today)
            except (ValueError, OverflowError):
                continue
    return None


def _month(year: int, month: int, length: int = 1) -> Period:
    last = month + length - 1
    return Period(date(year, month, 1), date(year + last // 12, last % 12 + 1, 1))


def _unit(unit: str, back: int, today: date) -> Period:
    """Return the day, week (from Monday), month or year that lies `back` of them before today's."""
    if unit == "day":
        start = today - timedelta(days=back)
        return Period(start, start + timedelta(days=1))
    if unit == "week":
        start = today - timedelta(days=today.weekday() + 7 * back)
        return Period(start, start + timedelta(days=7))
    if unit == "weekend":
        week = _unit("week", back, today)
        return Period(week.start + timedelta(days=5), week.end)
    if unit == "month":
        months = today.year * 12 + today.month - 1 - back
        return _month(months // 12, months % 12 + 1)
    return _month(today.year - back, 1, 12)


def _exact(match: re.Match[str], today: date) -> Period:
    start = date(int(match["year"]), int(match["month"]), int(match["day"]))
    return Period(start, start + timedelta(days=1))


def _named_day(match: re.Match[str], today: date) -> Period:
    month = _month_number(match)
    year = int(match["year"]) if match["year"] else _latest_year(month, today)
    start = date(year, month, int(match["day"]))
    return Period(start, start + timedelta(days=1))


def _named_month(match: re.Match[str], today: date) -> Period:
    month = _month_number(match)
    groups = match.groupdict()
    if groups.get("ago"):
        return _month(today.year - YEARS_BACK[groups["ago"].lower()], month)
    return _month(int(groups["year"]) if groups.get("year") else _latest_year(month, today), month)


def _month_number(match: re.Match[str]) -> int:
    said = match["month"].lower()
    abbreviated = [month[:3] for month in MONTHS]
    return abbreviated.index(said[:3]) + 1 if said[:3] in abbreviated else number(said)


def _latest_year(month: int, today: date) -> int:
    return today.year if month <= today.month else today.year - 1


def _season(match: re.Match[str], today: date) -> Period:
    month = SEASONS[match["season"].lower()]
    if match["year"]:
        return _month(int(match["year"]), month, 3)
    ago = (match["ago"] or "").lower()
    if ago == "last":
        # The latest one that is over: "last summer" said in November is this year's.
        seasons = (_month(today.year - back, month, 3) for back in range(3))
        return next(season for season in seasons if season.end <= today)
    return _month(today.year - YEARS_BACK[ago], month, 3)


def _year(match: re.Match[str], today: date) -> Period:
    return _month(int(match["year"]), 1, 12)


def _relative(match: re.Match[str], today: date) -> Period:
    return _unit(match["unit"].lower(), YEARS_BACK[match["ago"].lower()], today)


def _counted(match: re.Match[str], today: date) -> Period:
    return _unit(UNITS[match["unit"].lower()], number(match["n"]), today)


def _weekday(match: re.Match[str], today: date) -> Period:
    """Return a day of the week: of the week that is named, else the latest that is over, or the next to come."""
    groups = match.groupdict()
    weekday = WEEKDAYS[match["weekday"].lower()[:3]]
    if groups.get("week"):
        return _unit("day", today.weekday() - weekday + 7 * WEEKS_BACK[groups["week"]], today)
    if (groups.get("ago") or "").lower() == "next":
        return _unit("day", -((weekday - today.weekday() - 1) % 7 + 1), today)
    return _unit("day", (today.weekday() - weekday - 1) % 7 + 1, today)


def _half_a_year(match: re.Match[str], today: date) -> Period:
    """Return the month half a year ago and those beside it: nobody who says that has counted."""
    start = _unit("month", 7, today).start
    return _month(start.year, start.month, 3)


def _era(match: re.Match[str], today: date) -> Period:
    year = ERAS[match["era"]] + (1 if match["n"] == "元" else number(match["n"]))
    return _month(year, number(match["month"])) if match["month"] else _month(year, 1, 12)


def _word(unit: str, back: int) -> Callable[[re.Match[str], date], Period]:
    return lambda match, today: _unit(unit, back, today)


_MONTH = "|".join(MONTHS)
# Beside a day or a year a month is known by three letters, too; alone, Jan and Jun are people.
_DATED_MONTH = rf"(?P<month>{_MONTH}|(?:{'|'.join(month[:3] for month in MONTHS)}|sept)\b\.?)"
_WEEKDAY = "(?P<weekday>monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_AGO_CJK = "一昨年|昨年|去年|今年|来年|明年|前年"
_READINGS: list[tuple[re.Pattern[str], Callable[[re.Match[str], date], Period]]] = [
    (re.compile(pattern, re.IGNORECASE), read)
    for pattern, read in (
        (r"\b(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})\b", _exact),
        (r"(?P<year>\d{4})年(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]", _exact),
        (rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_DATED_MONTH}(?:,? (?P<year>\d{{4}}))?", _named_day),
        (rf"\b{_DATED_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<year>\d{{4}}))?", _named_day),
        (rf"(?P<year>(?!))?(?P<month>{NUMERAL})月(?P<day>\d{{1,2}})[日号]", _named_day),
        (r"(?P<year>\d{4})年の?(?P<month>\d{1,2})月", _named_month),
        (rf"(?P<ago>{_AGO_CJK})の?(?P<month>{NUMERAL})月", _named_month),
        (rf"\b(?P<ago>last|this|next) (?P<month>{_MONTH})\b", _named_month),
        # Capitalised, or with a year or a preposition: "may" and "march" are verbs, too.
        (rf"\b(?:in|since|during|of|until|by) (?P<month>{_MONTH})\b(?:,? (?:of )?(?P<year>\d{{4}}))?", _named_month),
        (rf"\b{_DATED_MONTH},? (?P<year>\d{{4}})\b", _named_month),
        (r"(?P<year>\d{4})年の?(?P<ago>(?!))?(?P<season>[春夏秋冬])", _season),
        (rf"(?P<ago>{_AGO_CJK})の?(?P<year>(?!))?(?P<season>[春夏秋冬])", _season),
        (
            r"\b(?:(?P<ago>last|this|next) )?(?P<season>spring|summer|autumn|fall|winter)\b"
            r"(?: (?:of |in )?(?P<year>\d{4}))?(?(ago)|(?(year)|(?!)))",
            _season,
        ),
        (r"\b(?P<ago>last|this|next) (?P<unit>weekend|week|month|year)\b", _relative),
        (r"\bhalf a year ago\b|半年前", _half_a_year),
        (rf"\b(?P<n>\d+|{WORDS}) (?P<unit>day|week|month|year)s? ago\b", _counted),
        (rf"\b(?:(?P<ago>last|next|this past) ){_WEEKDAY}\b", _weekday),
        (r"(?P<week>先々週|先週|今週|来週)の?(?P<weekday>[月火水木金土日])曜", _weekday),
        (r"(?P<week>上上|[上这本下])个?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])", _weekday),
        (rf"(?P<era>令和|平成|昭和)(?P<n>元|{NUMERAL})年の?(?:(?P<month>{NUMERAL})月)?", _era),
        (rf"(?P<n>{NUMERAL})(?P<unit>週間|[ヶかカ]月|个月|星期|[日天周年])[前]", _counted),
        (r"大前天|一昨々日|さきおととい", _word("day", 3)),
        (r"\bday before yesterday\b|一昨日|おととい|前天", _word("day", 2)),
        (r"\byesterday\b|\blast night\b|昨日|昨天|昨晚|昨晩|昨夜", _word("day", 1)),
        (r"\bday after tomorrow\b|明後日|あさって|后天", _word("day", -2)),
        (r"\btomorrow\b|明日|明天", _word("day", -1)),
        (
            r"\btoday\b|\btonight\b|\bthis (?:morning|afternoon|evening)\b|今日|今天|今晚|今夜|今朝|今早",
            _word("day", 0),
        ),
        (r"\bweek before last\b|先々週|上上个?(?:周|星期|礼拜)", _word("week", 2)),
        (r"来週|下个?(?:周|星期|礼拜)", _word("week", -1)),
        (r"先週末|上周末|上个周末", _word("weekend", 1)),
        (r"先週|上周|上个?星期|上礼拜", _word("week", 1)),
        (r"今週|这周|本周|这个?星期", _word("week", 0)),
        (r"\bmonth before last\b|先々月|上上个?月", _word("month", 2)),
        (r"来月|下个?月", _word("month", -1)),
        (r"先月|上个?月", _word("month", 1)),
        (r"今月|这个?月|本月", _word("month", 0)),
        (r"一昨年|おととし|前年", _word("year", 2)),
        (r"去年|昨年", _word("year", 1)),
        (r"今年", _word("year", 0)),
        (r"(?P<year>(?:19|20)\d\d)年", _year),
        (r"\b(?:in|since|during|of) (?P<year>(?:19|20)\d\d)\b", _year),
        (rf"(?P<year>(?!))?(?P<month>{NUMERAL})月(?:份|に|は|の|中)", _named_month),
    )
]
