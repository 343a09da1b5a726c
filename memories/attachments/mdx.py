"""MDX without its program: https://mdxjs.com/docs/what-is-mdx/."""

from __future__ import annotations

import re

_FENCE = re.compile(r"^(?:```|~~~).*?(?:^(?:```|~~~)[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
# Every repetition is limited, or stops where the next could begin, so that no text takes long.
_IMPORT = re.compile(r"^import\s(?:[\w*{}\s,$]{0,500}\sfrom\s)?\s*(['\"])[^'\"\n]{1,500}\1;?[ \t]*\n?", re.MULTILINE)
_EXPORT = re.compile(
    r"^export\s(?:const|let|var|function|async|class|default|\{|\*)(?:[^\n]{0,2000}\n(?![ \t]*\n)){0,200}[^\n]*",
    re.MULTILINE,
)
_COMMENT = re.compile(r"\{/\*(?:(?!\{/\*).)*?\*/\}|<!--(?:(?!<!--).)*?-->", re.DOTALL)
_TAG = re.compile(
    r"</?(?:[A-Za-z][\w.:-]{0,60}"
    r"(?:\s(?:\"[^\"]{0,500}\"|'[^']{0,500}'|\{(?:[^{}]|\{[^{}]{0,300}\}){0,300}\}|[^<>\"'{}]){0,500})?)?/?>"
)
# Attributes whose words a reader of the page sees.
_SHOWN = re.compile(r"\b(?:title|label|description|summary|alt|caption)=(?:\"([^\"]{1,500})\"|'([^']{1,500})')")
_BLANK = re.compile(r"\n(?:[ \t]*\n){2,}")


def strip_mdx(source: str) -> str:
    """Return the words of an MDX document: no imports, exports, comments or tags; code in fences is kept."""
    pieces: list[str] = []
    end = 0
    for fence in _FENCE.finditer(source):
        pieces += [_prose(source[end : fence.start()]), fence[0]]
        end = fence.end()
    pieces.append(_prose(source[end:]))
    return _BLANK.sub("\n\n", "".join(pieces)).strip()


def _prose(text: str) -> str:
    for pattern in (_COMMENT, _IMPORT, _EXPORT):
        text = pattern.sub("", text)
    return _TAG.sub(_words, text)


def _words(tag: re.Match[str]) -> str:
    return " ".join(double or single for double, single in _SHOWN.findall(tag[0]))
