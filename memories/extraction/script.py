"""Which writing system a text is in; enough to choose rules and to notice a changed language."""

from __future__ import annotations

import re

KANA = re.compile(r"[\u3041-\u309f\u30a1-\u30fa\u30fd-\u30ff\uff66-\uff9f]")
HAN = re.compile(r"[\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")
URL = re.compile(r"(?:https?://|www\.)[^\s\u3000-\u30ff\u4e00-\u9fff]+|[\w.+-]+@[\w-]+\.[\w.-]+", re.ASCII)

_CYRILLIC = re.compile(r"[\u0400-\u052f]+")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]+")
_ARABIC = re.compile(r"[\u0600-\u06ff]+")
_DEVANAGARI = re.compile(r"[\u0900-\u097f]+")
_THAI = re.compile(r"[\u0e00-\u0e7f]+")
_GREEK = re.compile(r"[\u0370-\u03ff]+")
_HEBREW = re.compile(r"[\u0590-\u05ff]+")
_WORDS = {
    "latin": _LATIN,
    "cyrillic": _CYRILLIC,
    "arabic": _ARABIC,
    "devanagari": _DEVANAGARI,
    "thai": _THAI,
    "greek": _GREEK,
    "hebrew": _HEBREW,
}


def is_unspaced(text: str) -> bool:
    """Tell whether `text` has Japanese or Chinese in it, which is written without spaces between words."""
    return bool(KANA.search(text) or HAN.search(text))


def dominant_script(text: str) -> str:
    """Return "japanese", "chinese", "korean", "latin" or another alphabet's name; "" without letters.

    A product's name in Latin letters does not make a Chinese sentence English, so a Latin word weighs as much
    as one Chinese character. Any kana makes East Asian text Japanese.
    """
    text = URL.sub(" ", text)
    kana, han, hangul = (len(letters.findall(text)) for letters in (KANA, HAN, HANGUL))
    weights = {name: len(words.findall(text)) for name, words in _WORDS.items()}
    weights["japanese" if kana else "chinese"] = kana + han
    weights["korean"] = hangul
    best = max(weights, key=lambda name: weights[name])
    return best if weights[best] else ""
