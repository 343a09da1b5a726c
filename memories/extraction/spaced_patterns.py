"""By which signs a sentence tells something, asks, requests or merely replies; English and its neighbours."""

from __future__ import annotations

import re

from memories.extraction.spaced_words import IMPERATIVES

_I = re.IGNORECASE
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
ASKED = re.compile(r"[?？؟;]?[?？؟][^\w]*\Z")
ASKS = re.compile(
    r"(?:so |and |but |then |also |ok(?:ay)?,? |btw,? |by the way,? )*"
    r"(?:(?:what|who|where|why|how|which|when|whose|what'?s|who'?s|where'?s|how'?s)"
    r"(?: (?:do|does|did|is|are|was|were|can|could|should|would|will|have|has|to|about|much|many|long|far"
    r"|old|kind|sort"
    r"|kinda|type|time|else|come|if|other)\b|'s\b|'re\b|(?=\Z))"
    r"|(?:what|how|who|where|why)'?s\b|(?:what|how) (?:an?|the)\b(?=[^.!]*[?])"
    r"|(?:do|does|did|are|is|can|could|would|will|should|may|have|has|was|were|am|isn'?t|aren'?t|don'?t"
    r"|didn'?t|wasn'?t"
    r"|haven'?t|can'?t|won'?t)"
    r" (?:you|u|i|we|they|he|she|it|this|that|these|those|there|your|my|the|any(?:one|body)?|some(?:one"
    r"|body))\b"
    r"|who (?:won|wrote|made|invented|discovered|founded|created|said)\b"
    r"|any (?:tips|ideas?|advice|suggestions?|recommendations?|thoughts|plans|news|chance|good|fun)\b"
    r"|anything (?:else|new|fun)\b"
    r"|(?:i(?: am|'m| was|'ve been)? |just |still )*(?:wonder|wondering|curious) (?:if|whether|what|how"
    r"|why|who|when|where|about)\b)",
    _I,
)
TAG = re.compile(
    r"(?:right|you know|ya know|y'?know|you see|huh|eh|innit|ok(?:ay)?|yeah|no|correct|remember|get it"
    r"|is that (?:ok(?:ay)?|bad|weird|normal)"
    r"|(?:is|are|was|were|do|does|did|have|has|can|could|would|wo)n'?t (?:it|they|he|she|we|i|that|you)"
    r"|don'?t you think"
    r"|did you know(?: that)?|can you believe (?:it|that)|isn'?t that .*|nicht wahr|oder|verdad|no"
    r"|n'est-ce pas|hein|да|правда)[\s?？!]*\Z",
    _I,
)
CLAUSE = re.compile(
    r"\s*[,;—–]\s*(?:(?:and|but|so|or|then) )?|\s-+\s|\.{3}\s*|…\s*|\s+(?=(?:do|can|could|would"
    r"|will) (?:you|u|i)\b)",
    _I,
)
CONDITIONAL = re.compile(
    r"(?:if|when|whenever|should|suppose|supposing|assuming|let'?s say|say|imagine|in case)\b", _I
)
FIRST_PERSON = re.compile(
    r"\b(?:i|i'm|i’m|im|i've|i’ve|ive|i'd|i'll|me|my|mine|myself|we|we're|we've|we'd|we'll|us|our|ours"
    r"|ich|mein\w*|mich|mir|wir|unser\w*|yo|mi|mis|me|nos|nuestr\w*|soy|tengo|je|j'\w+|mon|ma|mes|moi"
    r"|notre|nos"
    r"|я|мой|моя|моё|мои|мне|меня|мы|наш\w*|eu|meu|minha|io|mio|mia)\b",
    _I,
)
KIN = re.compile(
    r"\b(?:mom|mum|dad|mother|father|brother|sister|wife|husband|son|daughter|kids?|baby|girlfriend"
    r"|boyfriend|fianc[ée]e?"
    r"|grandm\w+|grandp\w+|grandf\w+|aunt|uncle|cousin|niece|nephew|dog|cat|puppy|kitten)s?\b",
    _I,
)
# Replies to the listener; they tell something only if a fact about somebody follows.
LISTENER = re.compile(
    r"(?:(?:(?:so|really|just|super|very|always|also|and|but|am|was|it's|it is) )*"
    r"(?:you|your|you're|you've|you'll|you'd|glad|hope|hoping|wish|wishing|proud|happy for|excited for|sorry"
    r"|good (?:for|on|luck|job|point|idea|call|to|one)|great (?:job|work|to|idea|point|question)"
    r"|nice (?:job|work|to|one)|well done|congrat\w*|take care|keep|enjoy|stay|let me know|thanks|thank you"
    r"|have (?:fun|an? (?:good|great|nice|lovely|safe|wonderful|fun|amazing))|appreciate|bet|agree|sounds?"
    r"|looks?|looking forward to (?:hearing|seeing|talking|chatting)|can't wait to (?:see|hear|chat|talk)"
    r"|way to go|no (?:problem|worries|doubts?|way)|that|that's|that is|what an?"
    r"|how (?:cool|nice|sweet|lovely|great|exciting)|love (?:that|this|the|your)"
    r"|du|dein\w*|tu|tus|eres|ты|твой|твоя)"
    r"|i(?:'m|'ll| am| can)? (?:(?:so|really|just|super|very|always|also|totally) )*"
    r"(?:glad|proud|sorry|happy (?:for|to hear)|excited for|hope (?:you|it|that)|wish you|bet|sure you|agree"
    r"|appreciate"
    r"|(?:love|like) (?:that|your)|can't wait to (?:see|hear)|look(?:ing)? forward to (?:hearing|seeing)))\b",
    _I,
)
FACT_ANYWAY = re.compile(r"\b(?:my|our|mine|mein\w*|mi|mis|mon|ma|mes|мой|моя|мои)\b", _I)
NAME = re.compile(r"(?<=[\w,;:] )(?!I\b)[A-ZÀ-Þ][\w'’-]+")
REQUEST = re.compile(
    rf"(?:(?:ok(?:ay)?|now|then|next|so|hey|and|also|just|first|again|great|thanks?|thank you|perfect"
    rf"|good|cool)[,!.]? )*"
    rf"(?:please|pls|plz|kindly|bitte|por favor|s'il (?:te|vous) pla[îi]t|пожалуйста|(?:{IMPERATIVES})\b"
    rf"|(?:can|could|would|will) (?:you|u)\b|i(?:'d| would)? (?:need|want|like|love) you to\b)",
    _I,
)
KOREAN_REQUEST = re.compile(r"(?:줘|주세요|줄래|주실래요|주시겠어요|부탁해요?|부탁드립니다|하자)[.!~…\s]*\Z")
KOREAN_QUESTION = re.compile(r"(?:까요?|나요|니|가요|는지요?|을까|ㄹ까)[.!~…\s]*\Z")
INTRODUCTION = re.compile(
    r"(?:my name is|my name's|i'?m|i am|ich heiße|ich bin|me llamo|je m'appelle|меня зовут)"
    r" ([^\W\d_][\w-]+)[.!]?\Z",
    _I,
)
LASTING = re.compile(
    r"\b(?:(?:please )?remember (?:that|i|my|me|we)\b|don'?t forget|note that|keep in mind|bear in mind"
    r"|call me|address me"
    r"|always|never|from now on|in (?:the )?future|going forward|denk daran|merk dir|nenn mich"
    r"|recuerda que|llámame"
    r"|n'oublie pas|appelle-moi|запомни|называй меня)\b|기억해",
    _I,
)
LEANS = re.compile(
    r"(?:it|its|it's|it’s|he|he's|she|she's|they|they're|them|his|her|hers|their|that"
    r"|this(?! (?:week|weekend|month|year|morning|summer|winter|spring|fall|autumn)\b)"
    r"|that's|these"
    r"|those|there|both"
    r"|and|but|so|because|also|plus|then|however|although|instead|otherwise|which|er|sie|es|seine?|ihre?"
    r"|aber|und|deshalb"
    r"|él|ella|ellos|pero|y|también|il|elle|ils|mais|et|он|она|они|это|но|поэтому|그는|그녀는|그리고"
    r"|하지만|그래서|그건)(?![\w'’-])",
    _I,
)
