"""Passwords and PINs that people say as such."""

from __future__ import annotations

import re
from collections.abc import Iterator

# In sixteen languages; a word in Latin letters must stand alone.
_NAME = re.compile(
    r"""(?<![A-Za-z])(?P<name>pass(?:word|code|phrase|wd)s?|pwd|pass(?=\s*[:=])|passwor[dt]|kennwort
        |mot\ de\ passe|contrase[ñn]a|clave(?=\s*[:=])
        |senha|wachtwoord|lösenord|hasło|hasła|heslo|şifre(?:m|si)?|adgangskode|salasana
        |(?P<pin>pin(?:[ -]?(?:code|number))?|security\ code|cvv|cvc2?))(?![A-Za-z])
      |(?P<other>парол[ьяю]|비밀번호|パスワード|パスコード|パスフレーズ|暗証番号|合い?言葉|セキュリティコード
        |密码|密碼|口令|安全码|验证码|驗證碼)""",
    re.VERBOSE | re.I,
)
# What may stand between the name and its value: of what it is, and a word or sign that gives it.
_GIVES = re.compile(
    r"""\s*(?:\([^()]{0,30}\)\s*)?(?:(?:for|to|of|on|für|pour|de|del|для|от)\ [^.!?\n。:=]{1,40}?\s*)?
        (?P<gives>(?:is|was|are|ist|war|lautet|est|es|é|to|är|heter|on|jest|это)(?:\s+(?:now|still|just|jetzt))?\s+
        |\s*[:=]+>?\s*|\s*->\s*|\s*[はが]\s*|\s*[是为為]\s*
        |\s*(?:改成|设为|設為|設成|改為|을|를|은|는)了?\s*|\s+-\s+|\s+(?=[\d"'“「]))
        (?:[:"]\s*)?""",
    re.VERBOSE | re.I,
)
_QUOTED = re.compile(r"[\"'“”‘«`「『【]\s*(?P<value>[^\"'“”‘’«»`「」『』【】\n]{3,64}?)\s*[\"'”’»`」』】]")
_TOKEN = re.compile(r"[!#-&(-;=-~]{3,64}")
_ENDS = re.compile(r"\s*(?:$|[.!?,;。、！？，)\n]|です|だ[。よ]?|で[すあ]|に(?:し|変)|吧|哦|啊|입니다)")
_TRAILING = ".,;:!?)"
_MASK = "[masked:"
# A single word after "my password is" is a password, unless it says how the password is.
_SAYS_HOW = frozenset(
    "abgelaufen above accepted also alt always anything attached available bad below blank blocked broken "  # noqa: SIM905
    "case-sensitive changed changing complicated compromised confidential correct correcta different "
    "difficult disabled débil easy empty enabled encrypted everything expirada expired expiring expiré "
    "faible falsch faux fine forgotten geheim gone good hard here hidden important incorrect incorrecta "
    "insecure invalid leaked locked long lost mine missing necessary needed neu never new nothing nouveau "
    "nueva okay old olvidada optional oublié outdated perdu private protected random ready rejected "
    "required reset richtig safe same saved schwach secret secure segura sensitive set short sicher "
    "simple something stark stolen stored strong temporary terrible that there these this those unique "
    "unknown unsafe unsicher updated valid vergessen weak weg what working wrong yours".split()
)


def passwords(text: str) -> Iterator[tuple[int, int]]:
    """Yield the values that the text calls a password, passcode or PIN."""
    for name in _NAME.finditer(text):
        gives = _GIVES.match(text, name.end())
        if gives is None:
            continue
        sign = gives.group("gives").strip() in ("=", ":", "->", "==", "=>")
        if span := _value(text, gives.end(), digits_only=bool(name.group("pin")), sign=sign):
            yield span


def _value(text: str, start: int, *, digits_only: bool, sign: bool) -> tuple[int, int] | None:
    quoted = _QUOTED.match(text, start)
    if quoted and not digits_only:
        return None if quoted.group("value").startswith(_MASK) else quoted.span("value")
    token = _TOKEN.match(text, start)
    if token is None or token.group().startswith(_MASK):
        return None
    value = token.group().rstrip(_TRAILING) if not sign else token.group().rstrip(".,;")
    end = start + len(value)
    if digits_only:
        return (start, end) if re.fullmatch(r"\d{3,8}", value) else None
    return (start, end) if _is_password(value, ends=bool(_ENDS.match(text, end)), sign=sign) else None


def _is_password(value: str, *, ends: bool, sign: bool) -> bool:
    """Tell a password from the beginning of a sentence about one."""
    if len(value) < 3 or value.casefold() in _SAYS_HOW:
        return False
    if any(c.isdigit() for c in value) or re.search(r"[@#$%^&*_+=~|\\]", value):
        return len(value) >= 4
    if re.search(r"[a-z][A-Z]", value):
        return True
    return (ends and len(value) >= 5) or (sign and len(value) >= 4 and ends)
