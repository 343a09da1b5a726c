"""The words of a text, as the lexical index keeps them.

Postgres' own parsers depend on the database's locale and find no words in Japanese or Chinese, so the words
are made here: English stems (Snowball), other alphabets as written, and for scripts without spaces every
character and every pair of neighbours, so that 抹茶 and 医院 are found inside any sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

import snowballstemmer

# Limits of the tsvector type (PostgreSQL manual, section 12.11), with the lexeme cut to what an index likes.
MAX_LEXEME_CHARS = 128
MAX_POSITION = 16383
MAX_POSITIONS_PER_LEXEME = 255

# Scripts written without spaces: Han, Kana (with ー and 々), Hangul, Thai, Lao, Khmer, Burmese.
_UNSPACED = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\U00020000-\U0003ffff"
)
# A run of an unspaced script; else something with inner marks (e-mail, version, URL part); else a word.
_TOKEN = re.compile(
    rf"(?P<unspaced>[{_UNSPACED}]+)|(?P<compound>[^\W{_UNSPACED}]+(?:[.@:/_+&-][^\W{_UNSPACED}]+)+)"
    rf"|(?P<word>[^\W{_UNSPACED}]+(?:['’][^\W{_UNSPACED}]+)*)"
)
_SINGLE_HIRAGANA = re.compile(r"[\u3041-\u3096\u309d-\u309f\u30fc]\Z")
_PART = re.compile(rf"[^\W_{_UNSPACED}]+")
_ENGLISH_WORD = re.compile(r"[a-z]+(?:['’][a-z]+)?\Z")
# Words so common that they only cost time; kept when a query has nothing else.
STOP_WORDS = frozenset(
    "a about am an and are as at be been but by can could did do does for from had has have he her him his how i "  # noqa: SIM905
    "if in is it its just me my no not of on or our she so than that the their them then there they this to too "
    "us was we were what when where which who why will with would you your".split()
)
# Their Chinese and Japanese likes: particles, pronouns, and what questions are asked with.
STOP_CHARACTERS = frozenset("的了是在吗呢么什哪谁几着过和与们这那个有不也就都很时候我你他她何誰")


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    # The stemmer keeps state between its steps, so threads share it only through this cache's computed results;
    # a private instance per miss costs microseconds and needs no lock.
    return str(snowballstemmer.stemmer("english").stemWord(word.replace("’", "'")))


def lexemes(text: str) -> list[str]:
    """Return the lexemes of `text` in order, with repetitions; the same function serves rows and queries."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    found: list[str] = []
    for match in _TOKEN.finditer(folded):
        token = match.group()[:MAX_LEXEME_CHARS]
        if match.lastgroup == "unspaced":
            found.extend(token)
            found.extend(token[i : i + 2] for i in range(len(token) - 1))
        elif match.lastgroup == "compound":
            found.append(token)
            found.extend(_word(part) for part in _PART.findall(token))
        else:
            found.append(_word(token))
    return found


def query_lexemes(text: str) -> list[str]:
    """Return the distinct lexemes to look for: without stop words, and pairs rather than single characters."""
    ordered = list(dict.fromkeys(lexemes(text)))
    paired = {char for term in ordered if len(term) == 2 and is_unspaced(term) for char in term}
    wanted = [term for term in ordered if term not in STOP_WORDS and term not in paired]
    return wanted or ordered


def search_terms(text: str) -> list[str]:
    """Return the distinct lexemes to rank by: without stop words, with single characters as well as pairs.

    A Chinese character means something by itself, and half of a word often answers the other half of a synonym;
    a single Hiragana doesn't.
    """
    ordered = list(dict.fromkeys(lexemes(text)))
    return [term for term in ordered if not _says_nothing(term)] or ordered


def _says_nothing(term: str) -> bool:
    return term in STOP_WORDS or STOP_CHARACTERS.issuperset(term) or _SINGLE_HIRAGANA.match(term) is not None


def tsvector(words: Iterable[str]) -> str:
    """Return `words` as the text form of a tsvector, with their positions, so that repetitions count."""
    positions: dict[str, list[int]] = defaultdict(list)
    for position, word in enumerate(words, start=1):
        places = positions[word]
        if len(places) < MAX_POSITIONS_PER_LEXEME:
            places.append(min(position, MAX_POSITION))
    return " ".join(f"{_quoted(word)}:{','.join(map(str, places))}" for word, places in positions.items())


def any_of(terms: Iterable[str]) -> str:
    """Return the tsquery that matches rows with at least one of `terms`."""
    return " | ".join(_quoted(term) for term in terms)


def all_of(terms: Iterable[str]) -> str:
    """Return the tsquery that matches rows with every one of `terms`."""
    return " & ".join(_quoted(term) for term in terms)


def _word(word: str) -> str:
    return _stem(word) if _ENGLISH_WORD.match(word) and word not in STOP_WORDS else word


def is_unspaced(term: str) -> bool:
    """Tell whether `term` begins with a script that is written without spaces."""
    match = _TOKEN.match(term)
    return match is not None and match.lastgroup == "unspaced"


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
