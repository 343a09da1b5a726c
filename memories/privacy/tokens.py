"""Keys and tokens, by the shapes that their issuers publish."""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int]

# A key without its last line, as chats cut it off, is a key all the same.
_PRIVATE_KEY = re.compile(
    r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?"
    r"(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|\Z)"
)
_ISSUED = re.compile(
    r"""(?<![A-Za-z0-9_-])(?:
        (?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}                     # Amazon Web Services
      | gh[pousr]_[A-Za-z0-9]{36,255} | github_pat_\w{22,255}   # GitHub
      | gl(?:pat|ptt|dt|rt|cbt|soat|ft|imt|agent)-[\w-]{20,}    # GitLab
      | xox[abeoprs]-[A-Za-z0-9-]{10,} | xapp-\d-[A-Za-z0-9-]{10,}  # Slack
      | (?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,} | whsec_[A-Za-z0-9+/=]{16,}  # Stripe, Standard Webhooks
      | sk-(?:proj-|ant-|or-|svcacct-|admin-)?[A-Za-z0-9_-]{20,}  # OpenAI, Anthropic, OpenRouter, DeepSeek
      | AIza[\w-]{35} | ya29\.[\w-]{20,}                        # Google
      | hf_[A-Za-z0-9]{30,} | gsk_[A-Za-z0-9]{40,} | xai-[A-Za-z0-9]{40,}  # Hugging Face, Groq, xAI
      | npm_[A-Za-z0-9]{36} | pypi-[\w-]{50,} | dckr_pat_[\w-]{20,}
      | SG\.[\w-]{16,32}\.[\w-]{16,64} | (?:AC|SK)[0-9a-f]{32} | key-[0-9a-f]{32}  # SendGrid, Twilio, Mailgun
      | \d{8,10}:AA[\w-]{33}                                    # Telegram
      | shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32} | dop_v1_[0-9a-f]{64}  # Shopify, DigitalOcean
      | LTAI[A-Za-z0-9]{12,20}                                  # Alibaba Cloud
      | m0-[A-Za-z0-9]{30,} | mh_[0-9a-f]{10}_[0-9a-f]{64}      # mem0, ours
      | eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}                   # RFC 7519: a signed JSON Web Token
    )(?![A-Za-z0-9])""",
    re.VERBOSE | re.ASCII,
)
# What is sent to prove who asks: RFC 6750, RFC 7617; and the password in an address, RFC 3986 3.2.1.
_SENT = re.compile(r"\bBearer\s+([A-Za-z0-9._~+/-]{20,}=*)|\bAuthorization:\s*Basic\s+([A-Za-z0-9+/]{8,}=*)", re.I)
_IN_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s:/@]*:([^\s/@]{3,})@(?=[\w\[])", re.I)
_ASSIGNED = re.compile(
    r"""(?:api[ _-]?key|access[ _-]?key|secret[ _-]?(?:access[ _-]?)?key|client[ _-]?secret|signing[ _-]?secret
         |(?:access|auth|api|refresh|bearer)[ _-]?token|api[ _-]?secret
         |密钥|密鑰|令牌|秘密鍵|API ?キー|アクセスキー|トークン)
        ["']?\s*(?:=>|[=:]|\bis\b|は|是|为|為)\s*["'`]?([A-Za-z0-9+/_.~-]{12,}=*)""",
    re.VERBOSE | re.I,
)
_PLACEHOLDER = re.compile(r"(.)\1{5,}|your|example|placeholder|xxxx|\.\.\.|change[-_]?me", re.I)


def private_keys(text: str) -> Iterator[Span]:
    """Yield the private keys in PEM (RFC 7468) and OpenPGP armour."""
    if "PRIVATE KEY" in text:
        yield from (match.span() for match in _PRIVATE_KEY.finditer(text))


def access_keys(text: str) -> Iterator[Span]:
    """Yield tokens in a known shape, and what is called a key or token and looks random."""
    yield from (match.span() for match in _ISSUED.finditer(text))
    for match in _SENT.finditer(text):
        yield match.span(match.lastindex or 0)
    if "://" in text:
        yield from (match.span(1) for match in _IN_ADDRESS.finditer(text))
    for match in _ASSIGNED.finditer(text):
        if _is_random(match.group(1)):
            yield match.span(1)


def _is_random(value: str) -> bool:
    """Tell whether a value has letters and digits, as words don't, and stands for itself."""
    mixed = any(c.isdigit() for c in value) and any(c.isalpha() for c in value)
    return mixed and not _PLACEHOLDER.search(value)
