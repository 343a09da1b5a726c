"""Is a sentence worth keeping? For languages that put spaces between words: English first, others by its light."""

from __future__ import annotations

import re

from memories.extraction.context import DROP, Context, Verdict
from memories.extraction.script import HANGUL, URL
from memories.extraction.spaced_words import EMPTY, IMPERATIVES

_I = re.IGNORECASE
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_ASKED = re.compile(r"[?？؟;]?[?？؟][^\w]*\Z")
_ASKS = re.compile(
    r"(?:so |and |but |then |also |ok(?:ay)?,? |btw,? |by the way,? )*"
    r"(?:(?:what|who|where|why|how|which|when|whose|what'?s|who'?s|where'?s|how'?s)"
    r"(?: (?:do|does|did|is|are|was|were|can|could|should|would|will|have|has|to|about|much|many|long|far|old|kind|sort"
    r"|kinda|type|time|else|come|if|other)\b|'s\b|'re\b|(?=\Z))"
    r"|(?:what|how|who|where|why)'?s\b|(?:what|how) (?:an?|the)\b(?=[^.!]*[?])"
    r"|(?:do|does|did|are|is|can|could|would|will|should|may|have|has|was|were|am|isn'?t|aren'?t|don'?t|didn'?t|wasn'?t"
    r"|haven'?t|can'?t|won'?t)"
    r" (?:you|u|i|we|they|he|she|it|this|that|these|those|there|your|my|the|any(?:one|body)?|some(?:one|body))\b"
    r"|any (?:tips|ideas?|advice|suggestions?|recommendations?|thoughts|plans|news|chance|good|fun)\b|anything (?:else|new|fun)\b"
    r"|(?:i(?: am|'m| was|'ve been)? |just |still )*(?:wonder|wondering|curious) (?:if|whether|what|how|why|who|when|where|about)\b)",
    _I,
)
_TAG = re.compile(
    r"(?:right|you know|ya know|y'?know|you see|huh|eh|innit|ok(?:ay)?|yeah|no|correct|remember|get it|is that (?:ok(?:ay)?|bad|weird|normal)"
    r"|(?:is|are|was|were|do|does|did|have|has|can|could|would|wo)n'?t (?:it|they|he|she|we|i|that|you)|don'?t you think"
    r"|did you know(?: that)?|can you believe (?:it|that)|isn'?t that .*|nicht wahr|oder|verdad|no|n'est-ce pas|hein|да|правда)[\s?？!]*\Z",
    _I,
)
_CLAUSE = re.compile(
    r"\s*[,;—–]\s*(?:(?:and|but|so|or|then) )?|\s-+\s|\.{3}\s*|…\s*|\s+(?=(?:do|can|could|would|will) (?:you|u|i)\b)",
    _I,
)
_CONDITIONAL = re.compile(
    r"(?:if|when|whenever|should|suppose|supposing|assuming|let'?s say|say|imagine|in case)\b", _I
)
_FIRST_PERSON = re.compile(
    r"\b(?:i|i'm|i’m|im|i've|i’ve|ive|i'd|i'll|me|my|mine|myself|we|we're|we've|we'd|we'll|us|our|ours"
    r"|ich|mein\w*|mich|mir|wir|unser\w*|yo|mi|mis|me|nos|nuestr\w*|soy|tengo|je|j'\w+|mon|ma|mes|moi|notre|nos"
    r"|я|мой|моя|моё|мои|мне|меня|мы|наш\w*|eu|meu|minha|io|mio|mia)\b",
    _I,
)
_KIN = re.compile(
    r"\b(?:mom|mum|dad|mother|father|brother|sister|wife|husband|son|daughter|kids?|baby|girlfriend|boyfriend|fianc[ée]e?"
    r"|grandm\w+|grandp\w+|grandf\w+|aunt|uncle|cousin|niece|nephew|dog|cat|puppy|kitten)s?\b",
    _I,
)
_LISTENER = re.compile(
    r"(?:(?:i(?:'m| am)?|so|really|just|super|very|all|always|also|am|was|it's|it is|we're|and|but) )*"
    r"(?:(?:you|your|you're|you’re|you've|you'll|you'd|glad|hope|hoping|wish|wishing|proud|happy for|excited for|sorry"
    r"|good (?:for|on|luck|job|point|idea|call|to|one)|great (?:job|work|to|idea|point|question)|nice (?:job|work|to|one)|well done|congrat\w*"
    r"|take care|keep|have (?:a|fun)|enjoy|stay|let me know|thanks|thank you|appreciate|bet|i'm sure|agree|sounds?|looks?"
    r"|looking forward to (?:hearing|seeing|talking|chatting)|can't wait to (?:see|hear|chat|talk)|good|way to go|no (?:problem|worries|doubt\w*|way)|"
    r"that|that's|that’s|that is|this is so|it sounds|what an?|how (?:cool|nice|sweet|lovely|great|exciting)|love (?:that|this|the|your)"
    r"|du|dein\w*|tu|tus|eres|ты|твой|твоя)\b)",
    _I,
)
_FACT_ANYWAY = re.compile(r"\b(?:my|our|mine|mein\w*|mi|mis|mon|ma|mes|мой|моя|мои)\b", _I)
_NAME = re.compile(r"(?<=[\w,;:] )(?!I\b)[A-ZÀ-Þ][\w'’-]+")
_REQUEST = re.compile(
    rf"(?:(?:ok(?:ay)?|now|then|next|so|hey|and|also|just|first|again|great|thanks?|thank you|perfect|good|cool)[,!.]? )*"
    rf"(?:please|pls|plz|kindly|bitte|por favor|s'il (?:te|vous) pla[îi]t|пожалуйста|(?:{IMPERATIVES})\b"
    rf"|(?:can|could|would|will) (?:you|u)\b|i(?:'d| would)? (?:need|want|like|love) you to\b)",
    _I,
)
_KOREAN_REQUEST = re.compile(r"(?:줘|주세요|줄래|주실래요|주시겠어요|부탁해|부탁해요|부탁드립니다|하자)[.!~…\s]*\Z")
_KOREAN_QUESTION = re.compile(r"(?:까요?|나요|니|가요|는지요?|을까|ㄹ까)[.!~…\s]*\Z")
_INTRODUCTION = re.compile(r"(?:my name is|my name's|i'?m|i am|ich heiße|ich bin|me llamo|je m'appelle|меня зовут) ([A-ZÀ-ÞА-Я][\w-]+)[.!]?\Z", _I)
_LASTING = re.compile(
    r"\b(?:(?:please )?remember (?:that|i|my|me|we)\b|don'?t forget|note that|keep in mind|bear in mind|call me|address me"
    r"|always|never|from now on|in (?:the )?future|going forward|denk daran|merk dir|nenn mich|recuerda que|llámame"
    r"|n'oublie pas|appelle-moi|запомни|называй меня)\b|기억해",
    _I,
)
_LEANS = re.compile(
    r"(?:it|its|it's|it’s|he|he's|she|she's|they|they're|them|his|her|hers|their|this|that|that's|these|those|there|both"
    r"|and|but|so|because|also|plus|then|however|although|instead|otherwise|which|er|sie|es|seine?|ihre?|aber|und|deshalb"
    r"|él|ella|ellos|pero|y|también|il|elle|ils|mais|et|он|она|они|это|но|поэтому|그는|그녀는|그리고|하지만|그래서|그건)(?![\w'’-])",
    _I,
)


def judge(sentence: str, context: Context) -> Verdict:
    """Decide over one sentence."""
    text = URL.sub(" ", sentence).replace("’", "'").strip(" \t\"'“”*_~#-–—:")
    if not _WORD.search(text):
        return Verdict(keep=context.answers and any(char.isdigit() for char in text))
    leans = bool(_LEANS.match(text))
    text = _without_openers(text, context.names)
    if _ASKED.search(text) or _ASKS.match(text) or (HANGUL.search(text) and _KOREAN_QUESTION.search(text)):
        if _REQUEST.match(text) and _LASTING.search(text):
            return Verdict(keep=True)
        text = _asserted(text)
    elif _REQUEST.match(text) or _KOREAN_REQUEST.search(text):
        return Verdict(keep=bool(_LASTING.search(text)), leans=False)
    if not text or not _tells(text, context):
        return DROP
    return Verdict(keep=True, leans=leans)


def _without_openers(text: str, names: frozenset[str]) -> str:
    """Strip leading "Wow, Caroline! " and the like, so that rules about beginnings see the real one."""
    for opener in re.finditer(r"([^,!.;:]*)[,!.;:]\s+", text):
        words = _WORD.findall(opener[1].casefold())
        if len(words) > 4 or any(word not in EMPTY and word not in names for word in words):
            return text[opener.start() :]
        rest = text[opener.end() :]
        if not _WORD.search(rest):
            break
    else:
        ends = [opener.end() for opener in re.finditer(r"[,!.;:]\s+", text)]
        return text[ends[-1] :] if ends else text
    return text


def _asserted(question: str) -> str:
    """Return what a question states on its way ("I'm allergic to nuts, what can I eat?"), or ""."""
    for clause in reversed(list(_CLAUSE.finditer(question))):
        head, tail = question[: clause.start()], question[clause.end() :]
        if _ASKS.match(head) or _CONDITIONAL.match(head):
            continue
        if _TAG.match(tail) or (_asks_or_requests(tail) and _states_first(head)):
            return head
    return ""


def _asks_or_requests(tail: str) -> bool:
    return bool(_ASKS.match(tail) or _REQUEST.match(tail) or _ASKED.search(tail))


def _states_first(head: str) -> bool:
    return bool(_FIRST_PERSON.search(head)) and len(_WORD.findall(head)) > 2


def _tells(text: str, context: Context) -> bool:
    if (introduced := _INTRODUCTION.match(text)) and introduced[1].casefold() not in EMPTY:
        return True
    words = [word.casefold() for word in _WORD.findall(text)]
    content = [word for word in words if word not in EMPTY and word not in context.names]
    if HANGUL.search(text):
        return len(content) >= (1 if context.answers else 2)
    if not content:
        return context.answers and any(char.isdigit() for char in text)
    named = any(name[0].casefold() not in context.names | EMPTY for name in _NAME.finditer(text))
    exact = named or any(char.isdigit() for char in text) or bool(_KIN.search(text))
    listener = _LISTENER.match(text)
    if listener:
        rest = text[listener.end() :]
        return exact or bool(_FACT_ANYWAY.search(rest)) or bool(re.search(r"\bI\b", rest))
    return len(content) > 1 or exact or context.answers or bool(_FIRST_PERSON.search(text))
