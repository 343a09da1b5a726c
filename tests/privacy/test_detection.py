"""What is found in what people say, and what is left alone."""

from __future__ import annotations

import json
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memories.privacy.detection import find
from memories.privacy.kinds import DEFAULTS, KINDS, PERSONAL, SECRETS
from memories.privacy.screening import Policy
from memories.samples import SAMPLES, load_sample

# Kind, sentence, and what of it is found. The numbers are those of the issuers' own examples.
FOUND = [
    ("password", "my password is hunter2", "hunter2"),
    ("password", "My password is swordfish.", "swordfish"),
    ("password", "password for the wifi is sunflower99, ok?", "sunflower99"),
    ("password", "my wifi password is “blue sky day”", "blue sky day"),
    ("password", "I changed my password to Tr0ub4dor&3", "Tr0ub4dor&3"),
    ("password", "password: letmein", "letmein"),
    ("password", "my pin is 4821", "4821"),
    ("password", "Mein Passwort ist Blumen77", "Blumen77"),
    ("password", "mot de passe: soleil42", "soleil42"),
    ("password", "パスワードはabc123です", "abc123"),
    ("password", "パスワードは「ひみつのことば」です", "ひみつのことば"),
    ("password", "暗証番号は１２３４です", "１２３４"),
    ("password", "我的密码是hello123。", "hello123"),
    ("password", "密码：qwerty", "qwerty"),
    ("access_key", "use sk-proj-abcdefghijklmnopqrstuvwxyz123456 for it", "sk-proj-abcdefghijklmnopqrstuvwxyz123456"),
    ("access_key", "AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"),
    ("access_key", "postgres://bob:s3cret@db.example.com/x", "s3cret"),
    ("access_key", "the api key is 9f8e7d6c5b4a39281706", "9f8e7d6c5b4a39281706"),
    ("access_key", "Authorization: Bearer abcdefghij0123456789xyz", "abcdefghij0123456789xyz"),
    ("private_key", "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----", None),
    ("private_key", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl", None),
    ("card_number", "my card is 4111 1111 1111 1111, ok", "4111 1111 1111 1111"),
    (
        "card_number",
        "カード番号は４１１１－１１１１－１１１１－１１１１です",
        "４１１１－１１１１－１１１１－１１１１",
    ),
    ("card_number", "378282246310005", "378282246310005"),
    ("bank_account", "IBAN DE89 3704 0044 0532 0130 00 please", "DE89 3704 0044 0532 0130 00"),
    ("bank_account", "GB82WEST12345698765432", "GB82WEST12345698765432"),
    ("national_id", "マイナンバーは１２３４５６７８９０１８です", "１２３４５６７８９０１８"),
    ("national_id", "身份证号是11010519491231002X", "11010519491231002X"),
    ("national_id", "SSN 536-90-4399", "536-90-4399"),
    ("national_id", "my dni is 12345678Z", "12345678Z"),
    ("national_id", "NIE X1234567L", "X1234567L"),
    ("national_id", "255081416802538", "255081416802538"),
    ("national_id", "Steuer-ID 36 574 261 809", "36 574 261 809"),
    ("national_id", "RSSMRA85T10A562S", "RSSMRA85T10A562S"),
    ("national_id", "BSN 111222333", "111222333"),
    ("national_id", "PESEL 44051401359", "44051401359"),
    ("national_id", "811218-9876", "811218-9876"),
    ("email", "write to ann@example.com please", "ann@example.com"),
    ("phone", "call 090-1234-5678です", "090-1234-5678"),
    ("phone", "my number: +44 20 7946 0958.", "+44 20 7946 0958"),
    ("phone", "我的手机是13812345678", "13812345678"),
    ("address", "I live at 221 Baker Street, London", "221 Baker Street"),
    ("address", "東京都千代田区丸の内1-9-1に住む", "東京都千代田区丸の内1-9-1"),
    ("address", "北京市朝阳区建国路88号", "北京市朝阳区建国路88号"),
    ("ip_address", "server 192.168.1.4 is down", "192.168.1.4"),
    ("birth_date", "I was born on May 3, 1990", "May 3, 1990"),
    ("birth_date", "昭和55年5月3日生まれです", "昭和55年5月3日"),
]
LEFT_ALONE = [
    "my password is too weak",
    "The password is required.",
    "My password is wrong.",
    "I forgot my PIN in 2023",
    "password reset link is in the mail",
    "パスワードを忘れました",
    "パスワードはGoogleと同じです",
    "密码是什么？",
    "验证码没收到",
    "my pin is on the map",
    # One digit off.
    "4111 1111 1111 1112",
    "マイナンバーは１２３４５６７８９０１７です",
    "身份证号是110105194912310021",
    "SSN 666-12-3456",
    "DE89 3704 0044 0532 0130 01",
    # Digits that mean something else.
    "order 202611211223, ISBN 9781234567897",
    "uuid 0199a1b2-1234-5678-9012-123456789012 and 2026-11-21 12:23:42",
    "tracking number 123456789018",
    "commit 4f2a9c1d3e5b7a9f0c2d4e6f8a1b3c5d7e9f0a1b",
    "api_key = your-api-key-goes-here-1",
]


@pytest.mark.parametrize(("kind", "text", "value"), FOUND)
def test_it_is_found_where_it_stands(kind: str, text: str, value: str | None) -> None:
    finding = find(text, KINDS)[0]
    assert finding.kind == kind
    assert text[finding.start : finding.end] == (text if value is None else value)


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_only_resembles_a_secret_is_left_alone(text: str) -> None:
    assert find(text, SECRETS) == []


def test_invisible_characters_do_not_hide_a_number() -> None:
    text = "card 4111\u200b1111\u200b1111\u200b1111!"
    finding = find(text, KINDS)[0]
    assert (finding.kind, text[finding.start : finding.end]) == ("card_number", text[5:-1])


def test_only_what_is_wanted_is_looked_for() -> None:
    assert find("ann@example.com, 4111111111111111", ["email"])[0].kind == "email"
    assert len(find("ann@example.com, 4111111111111111", ["email"])) == 1


def conversations() -> list[str]:
    samples = [load_sample(name) for name in SAMPLES]
    samples += json.loads((Path(__file__).parent.parent / "extraction/cjk-dev.json").read_text())
    return [
        turn["text"]
        for sample in samples
        for name, session in sample["conversation"].items()
        if isinstance(session, list)
        for turn in session
    ]


@pytest.mark.parametrize("kinds", [SECRETS, PERSONAL], ids=["secrets", "personal"])
def test_ordinary_conversations_are_not_flagged(kinds: tuple[str, ...]) -> None:
    turns = conversations()
    assert len(turns) > 250
    assert [turn for turn in turns if find(turn, kinds)] == []


STRICT = Policy(dict.fromkeys(DEFAULTS, "mask"))
PIECES = st.sampled_from([text for _kind, text, _value in FOUND] + LEFT_ALONE) | st.text(
    string.printable + "はが密码　０１９", max_size=20
)


@given(st.lists(PIECES, max_size=5).map(" ".join))
def test_masking_twice_is_masking_once(text: str) -> None:
    once = STRICT.screen(text).text
    assert STRICT.screen(once).text == once
