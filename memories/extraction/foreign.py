"""What stands in a user's message without being the user's own words: code, prompts, recalled memories."""

from __future__ import annotations

import re
from collections.abc import Iterable

_I, _M, _S, _X = re.IGNORECASE, re.MULTILINE, re.DOTALL, re.VERBOSE

_LIST = r"[ \t]*\n(?:[ \t]*(?:[-*•・·]|\d+[.)、．])[^\n]*(?:\n|\Z))+"
_HEADING = r"""
    ^[^\n:：]{0,40}?
    (?: \b(?:relevant|recalled|retrieved|stored|saved|related|previous|past|known|user|long-term)\s+
          (?:memor(?:y|ies)|facts)\b
      | \bmemories\ (?:about|of|from)\b
      | \bwhat\ (?:i|we)\ (?:know|remember)\ about\ (?:you|the\ user)\b
      | (?:関連する|保存された|過去の|ユーザーの)(?:記憶|メモリ)
      | (?:相关|已保存的?|用户的?|过去的?|历史)记忆
    )[^\n:：]{0,40}[:：]
"""
_CODE_LINE = r"""
    ^[ \t]*+(?:
        (?:async\ )?def\ \w+\(.* | class\ \w+[^\n]*:[ \t]* | @\w+(?:\.\w+)*(?:\(.*\))?
      | from\ [\w.]+\ import\ .* | import\ [\w.]+(?:\ as\ \w+)?;?
      | (?:const|let|var)\ \w+[ \t]*=.*
      | (?:export\ |async\ |public\ |private\ |static\ )+\w.*[({;] | function\b.*\{
      | (?:if|for|while|elif|with|switch)\b[^\n]*[:{] | (?:else|try|finally)\s*[:{]
      | except\b[^\n]*: | return\b[^\n]*[;()\[\]{}]
      | (?:SELECT\b.*\bFROM|INSERT\ INTO|CREATE\ TABLE|DELETE\ FROM|ALTER\ TABLE)\b.* | UPDATE\ \w+\ SET\b.*
      | \#include.* | \$\ \w.* | >>>.* | \.\.\.\s.*
      | Traceback\ \(.* | File\ ".*",\ line\ \d+.* | at\ [\w.$<>]+\(.*\)
      | </?\w+[^<>]*>[^\n]*</\w+> | </?\w[^<>\n]*>
      | "[^"\n]+"[ \t]*:[^\n]+ | [\w.\[\]"']+[ \t]*[-+*/|]?=[^\n]*[(){}\[\];"'][^\n]*
      | [\w.]+\([^()\n]*\);? | [{}\[\]();,]+ | [^\n]*[;{}]
      | \d{4}-\d\d-\d\d[T\ ]\d\d:\d\d[^\n]*\b(?:INFO|WARN|WARNING|ERROR|DEBUG)\b[^\n]*
    )[ \t]*$
"""
_PROMPT = r"""
    \b(?:ignore|disregard|forget|override|bypass)\s+(?:(?:all|any|the|your|my|of|every)\s+)*
      (?:previous|prior|above|earlier|preceding|existing|system)\b[\w\ ]{0,30}
      \b(?:instructions?|prompts?|rules|messages|directions|guidelines)
  | ^[#*\ \t]*(?:system|developer)(?:\ (?:prompt|message|instructions?))?\ ?[:：]
  | (?:^|(?<=[.!?]\s))you\ are\ (?:now\ )?(?:an?|the)[ ]
      (?!great|good|best|amazing|wonderful|awesome|fantastic)[^.!?\n]{0,80}?
      \b(?:assistant|language\ model|chatbot|ai|llm|bot|agent)\b(?!\s*!)
  | \bignorier\w*\s+(?:alle\s+)?(?:vorherigen|bisherigen|obigen)\s+(?:anweisungen|befehle)
  | \bignora\s+(?:todas\s+)?(?:las\s+)?instrucciones\s+(?:anteriores|previas)
  | \bignore[zr]?\s+(?:toutes\s+)?les\s+instructions\s+précédentes
  | \bигнорируй\w*\s+(?:все\s+)?предыдущие\s+инструкции
  | (?:これまで|以前|上記|前|今まで|先ほど)の?(?:すべての|全ての)?
      (?:指示|命令|ルール|プロンプト)[はを]?(?:すべて|全て|全部)?(?:無視|忘れ)
  | (?:^|(?<=。))あなたは[^。\n]{0,40}(?:アシスタント|AI|ボット|チャットボット)です
  | (?:忽略|无视|忘记|忘掉|忽視|無視)(?:掉|你|之前|以上|上面|先前|前面|此前|所有|全部|一切|的){1,6}
      (?:指令|指示|提示词?|规则|设定|說明|说明)
  | (?:^|(?<=。))你(?:现在)?是(?:一个|一名|一位|个)[^。\n]{0,20}(?:助手|助理|AI|人工智能|机器人|模型)
  | (?:システムプロンプト|系统提示词?)\s*[:：]
"""
_MATERIAL = r"""
    (?:^|(?<=[.!?]\s))(?:(?:please|now|can\ you|could\ you|help\ me)\ )*
      (?:translate|summari[sz]e|proofread|rewrite|rephrase|paraphrase|shorten|edit|correct|fix|explain|analy[sz]e)\b
      [^.!?\n:：]{0,60}(?:[:：]|\bfollowing\b[^\n]*\n|\b(?:below|this)\b[^\n:：]{0,30}\n)
  | (?:次|以下|下記|この)の?(?:日本語|英語)?の?(?:文章?|テキスト|内容|英文|記事|メール|段落|会話|コード)を
      [^。\n]{0,14}(?:翻訳|訳し|要約|添削|校正|修正|説明|まとめ|書き換え)
  | (?:^|(?<=[。！？，]))(?:请|麻烦|帮我|你)*(?:翻译|总结|概括|润色|改写|解释|校对|修改)[^。\n:：]{0,20}[:：]
  | (?:把|将)?(?:以下|下面|下列|这段)[^。\n]{0,14}(?:翻译|总结|概括|润色|改写|解释|校对|修改)
"""

_PROMPT_LIKE = re.compile(_PROMPT, _I | _M | _X)
# What apps put into messages, and what tries to give orders: nobody's words about a person.
_INSERTED = (
    re.compile(
        r"<((?:[\w-]*memor[\w-]*)|recalled[\w-]*|retrieved[\w-]*|context|user_[\w-]+|system[\w-]*"
        r"|instructions?|prompt|tool[\w-]*|documents?|search_results?)\b[^<>\n]*>.*?(?:</\1\s*>|\Z)",
        _S | _I,
    ),
    re.compile(r"<\|im_start\|>(?!user).*?(?:<\|im_end\|>|\Z)", _S),
    re.compile(r"\[INST\].*?(?:\[/INST\]|\Z)|<<SYS>>.*?(?:<</SYS>>|\Z)", _S),
    re.compile(rf"{_HEADING}(?:{_LIST}|[^\n]*(?:\n[^\n]*\S[^\n]*)*)", _I | _M | _X),
    re.compile(rf"(?:{_PROMPT}).*\Z", _I | _M | _S | _X),
)
_FOREIGN = (
    re.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)", _S),
    *_INSERTED,
    re.compile(rf"(?:{_MATERIAL}).*\Z", _I | _M | _S | _X),
    # The indented lines under the head of a block belong to it, whatever they look like.
    re.compile(
        r"^[ \t]*+(?:async def|def|class|for|while|if|else|try|with)\b[^\n]*[:{][ \t]*(?:\n[ \t]++\S[^\n]*)+", _M
    ),
    re.compile(_CODE_LINE, _M | _X),
    re.compile(r"^[ \t]*+>(?!>)[^\n]*$", _M),
)


def is_prompt_like(text: str) -> bool:
    """Tell whether `text` tries to instruct a model rather than to say something about a person."""
    return bool(_PROMPT_LIKE.search(text))


def own_words(text: str) -> str:
    """Return `text` with everything foreign turned into line breaks; positions stay what they were.

    What follows a prompt-like sentence, or a request such as "translate this:", counts as part of it.
    """
    return _blanked(text, _FOREIGN)


def without_inserted(text: str) -> str:
    """Return `text` with recalled memories, other blocks of apps and orders to a model turned into line breaks.

    Pasted texts and code stay, for whoever can tell them from what a person says.
    """
    return _blanked(text, _INSERTED)


def _blanked(text: str, patterns: Iterable[re.Pattern[str]]) -> str:
    for pattern in patterns:
        text = pattern.sub(lambda match: "\n" * len(match[0]), text)
    return text
