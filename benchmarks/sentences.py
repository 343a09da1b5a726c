"""Distinct sentences in three languages, the same in every run."""

from __future__ import annotations

import random
from collections.abc import Iterator

# A pattern per language, with words for each of its gaps.
LANGUAGES: dict[str, tuple[str, str, dict[str, str]]] = {
    "en": (
        "{who} {does} {what} {when} in {where}, {why}.",
        "Who {does} {what} in {where}?",
        {
            "who": "Ann|My brother|Our neighbour Tom|Priya|The new manager|My dentist|Uncle Leo|Grandma|Sofia",
            "does": "repairs|sells|paints|photographs|collects|restores|studies|borrows|reviews|draws",
            "what": "old bicycles|ceramic bowls|jazz records|orchids|board games|wooden boats|maps|violins|kites",
            "when": "every Tuesday|at weekends|before breakfast|in autumn|once a month|on rainy days|at night",
            "where": "Lisbon|Oslo|the old harbour|Kyoto|the village hall|Vienna|Chicago|the attic|Dublin|the garden",
            "why": "because it calms the nerves|to earn some money|for the museum|as a gift|out of habit|for a friend",
        },
    ),
    "ja": (
        "{who}は{when}、{where}で{what}を{does}。{why}。",
        "{who}は{where}で{what}をいつ扱いますか？",
        {
            "who": "姉|祖父|同僚の田中さん|隣の佐藤さん|妹の美咲|大学の先輩|上司|幼なじみの健太|義母|友人の彩",
            "does": "修理している|売っている|集めている|撮影している|描いている|研究している|教えている",
            "what": "古い自転車|陶器の器|ジャズのレコード|蘭の花|将棋盤|木の船|古地図|バイオリン|急須|凧",
            "when": "毎週火曜日|週末に|朝食の前に|秋になると|月に一度|雨の日に|仕事のあと|夜遅く",
            "where": "京都|札幌|港の倉庫|公民館|神戸|屋根裏|福岡|庭|金沢|長野の山小屋",
            "why": "気持ちが落ち着くからだそうだ|少しお金になるらしい|博物館のためだ|贈り物にするつもりだ|習慣だ",
        },
    ),
    "zh": (
        "{who}{when}在{where}{does}{what}，{why}。",
        "{who}什么时候在{where}{does}{what}？",
        {
            "who": "姐姐|爷爷|同事小王|邻居老李|表妹晓雯|大学师兄|部门经理|发小周凯|岳母|朋友陈晨",
            "does": "修理|出售|收集|拍摄|描绘|研究|保养|讲解|整理|临摹",
            "what": "旧自行车|陶瓷碗|爵士唱片|兰花|围棋棋盘|木船模型|古地图|小提琴|紫砂壶|风筝",
            "when": "每周二|周末|早饭前|入秋以后|每个月一次|下雨天|下班后|深夜",
            "where": "苏州|哈尔滨|码头仓库|社区活动室|厦门|阁楼|成都|院子里|西安|山里的木屋",
            "why": "说这样心里踏实|能挣一点零花钱|是给博物馆帮忙|打算当礼物送人|这是多年的习惯|是受朋友之托",
        },
    ),
}


def sentences(count: int) -> list[str]:
    """Return `count` different statements, a third in each language."""
    return [text for text, _question in _pairs(count)]


def questions(count: int, *, about: int) -> list[str]:
    """Return `count` different questions, spread over the first `about` statements."""
    asked = dict.fromkeys(question for _text, question in _pairs(about))
    return random.Random(7).sample(list(asked), count)


def _pairs(count: int) -> list[tuple[str, str]]:
    sources = [_language(name) for name in LANGUAGES]
    return [next(sources[i % len(sources)]) for i in range(count)]


def _language(name: str) -> Iterator[tuple[str, str]]:
    """Yield statements with a question about each, none of them twice."""
    pattern, question, gaps = LANGUAGES[name]
    words = {gap: choices.split("|") for gap, choices in gaps.items()}
    chance = random.Random(name)
    seen: set[str] = set()
    while True:
        chosen = {gap: chance.choice(choices) for gap, choices in words.items()}
        text = pattern.format(**chosen)
        if text not in seen:
            seen.add(text)
            yield text, question.format(**chosen)
