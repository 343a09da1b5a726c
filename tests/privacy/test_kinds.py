"""Each kind in the shapes that it comes in, and its neighbours that are something else."""

from __future__ import annotations

import time

import pytest

from memories.privacy.detection import find
from memories.privacy.kinds import KINDS, PERSONAL, SECRETS

ALNUM = "aB3dE5fG7hJ9kL2mN4pQ6rS8tU1vW3xY5z"
HEX = "0123456789abcdef" * 4

# Put together here, so that nobody who searches this repository for leaked tokens finds one.
TOKENS = {
    "aws": "ASIA" + "ABCDEFGHIJKLMN23",
    "github": "ghp_" + (ALNUM * 2)[:36],
    "github fine-grained": "github_pat_" + ALNUM,
    "gitlab": "glpat-" + ALNUM[:20],
    "slack": "xoxb-" + "123456789012-" + ALNUM,
    "stripe": "sk_live_" + ALNUM[:24],
    "standard webhooks": "whsec_" + ALNUM,
    "openai": "sk-" + ALNUM,
    "anthropic": "sk-ant-" + "api03-" + ALNUM,
    "google": "AIza" + (ALNUM * 2)[:35],
    "hugging face": "hf_" + ALNUM[:34],
    "groq": "gsk_" + (ALNUM * 2)[:52],
    "npm": "npm_" + (ALNUM * 2)[:36],
    "pypi": "pypi-" + (ALNUM * 2)[:60],
    "sendgrid": "SG." + ALNUM[:22] + "." + (ALNUM * 2)[:43],
    "twilio": "SK" + HEX[:32],
    "telegram": "123456789:AA" + ALNUM[:33],
    "shopify": "shpat_" + HEX[:32],
    "digitalocean": "dop_v1_" + HEX,
    "mem0": "m0-" + ALNUM,
    "ours": "mh_" + HEX[:10] + "_" + HEX,
    "jwt": "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0In0." + ALNUM,
}


@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS)
@pytest.mark.parametrize("sentence", ["{}", "use {}, please", "トークンは{}です", "(“{}”)"])
def test_tokens_are_found_in_any_sentence(token: str, sentence: str) -> None:
    text = sentence.format(token)
    assert [(f.kind, text[f.start : f.end]) for f in find(text, SECRETS)] == [("access_key", token)]


@pytest.mark.parametrize(
    "text",
    [
        "sk-short",
        "task-force-of-the-whole-department",
        "eyJ is how they begin",
        "https://user@example.com/path",
        "http://example.com:8080/a:b@c",
        "the token is on the table",
        "api key: see the vault",
        "secret key = changeme-please-1",
        "Bearer of bad news",
        "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
    ],
)
def test_what_speaks_of_keys_is_none(text: str) -> None:
    assert find(text, SECRETS) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("my passcode was 123456", "123456"),
        ("pwd=Abc!2024", "Abc!2024"),
        ("The password for my bank is now Fj8#kq.", "Fj8#kq"),
        ("password (wifi): correcthorse", "correcthorse"),
        ("la contraseña es Gato2020", "Gato2020"),
        ("a senha é gato#77", "gato#77"),
        ("il mio PIN è", None),
        ("wachtwoord: kaas2024!", "kaas2024!"),
        ("пароль: qwerty12", "qwerty12"),
        ("비밀번호는 abcd1234입니다", "abcd1234"),
        ("合言葉は「ひらけごま」だ", "ひらけごま"),
        ("パスワードをabc123に変えました", None),
        ("口令是芝麻开门", None),
        ("支付密码改成998877了", "998877"),
        ("cvv 123", "123"),
        ("security code: 4821", "4821"),
        ("my pin is in the drawer", None),
        ("password is case-sensitive", None),
        ("my password is the same as my dog's name", None),
        ("I changed my password to something better", None),
        ("passwords: never share them", None),
        ("my password manager is great", None),
        ("I pass: 3 of 4 exams", None),
    ],
)
def test_passwords_are_what_is_called_one(text: str, value: str | None) -> None:
    found = [text[f.start : f.end] for f in find(text, ["password"])]
    assert found == ([value] if value else [])


@pytest.mark.parametrize(
    ("number", "is_one"),
    [
        ("5555 5555 5555 4444", True),
        ("3782 822463 10005", True),
        ("6011-1111-1111-1117", True),
        ("3530111333300000", True),
        ("6200000000000005", True),
        ("30569309025904", True),
        ("4111 1111 11111111", False),
        ("4111-1111 1111-1111", False),
        ("0000 0000 0000 0000", False),
        ("9999 9999 9999 9995", False),
        ("34111111111111111", False),
        ("41111111111111110", False),
        ("v4111111111111111", False),
        ("4111111111111111.5", False),
    ],
)
def test_cards_have_an_issuer_and_are_written_in_one_way(number: str, is_one: bool) -> None:
    assert bool(find(f"it is {number} today", ["card_number"])) is is_one


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("FR14 2004 1010 0505 0001 3M02 606 is it", "FR14 2004 1010 0505 0001 3M02 606"),
        ("NO93 8601 1117 947 and more words", "NO93 8601 1117 947"),
        ("NL91 ABNA 0417 1643 00 then", "NL91 ABNA 0417 1643 00"),
        ("it was in AB12 when we met them", None),
    ],
)
def test_an_account_ends_where_its_check_is_right(text: str, value: str | None) -> None:
    assert [text[f.start : f.end] for f in find(text, ["bank_account"])] == ([value] if value else [])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("個人番号 1234-5678-9018", True),
        ("123456789018 is my number", True),
        ("1234 5678 9018 ですか", False),
        ("身份证：１１０１０５１９４９１２３１００２ｘ", True),
        ("110105194913310022", False),
        ("my social security number is 536904399", True),
        ("536904399", False),
        ("000-12-3456", False),
        ("BSN: 1112.22.333", True),
        ("111222333 people came", False),
        ("moj PESEL: 44051401358", False),
        ("personnummer 198112189876", True),
        ("131052-308T", True),
        ("rijksregisternummer 85.07.30-033 28", False),
        ("rijksregisternummer 85.07.30-033.28", True),
        ("Y1234567X", True),
        ("X1234567A", False),
    ],
)
def test_ids_are_right_and_named_where_digits_alone_say_little(text: str, found: bool) -> None:
    assert bool(find(text, ["national_id"])) is found


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("a.b+c@mail.example.co.uk, ok", ["email"]),
        ("@ann and ann@localhost", []),
        ("fe80::1 and 2001:db8::8a2e:370:7334", ["ip_address", "ip_address"]),
        ("at 10:30:00 on 1.2.3, version 1.2.3.4.5", []),
        ("300.1.1.1", []),
        ("Call (020) 7946 0958 or +81 3-1234-5678", ["phone"]),
        ("お電話は03-1234-5678まで", ["phone"]),
        ("I ran 12345 steps in 2023, 100 more than 2022", []),
        ("date of birth: 1990-05-03", ["birth_date"]),
        ("My birthday is on the 3rd of May", ["birth_date"]),
        ("生日是5月3号", ["birth_date"]),
        ("We met on May 3, 1990", []),
        ("a star is born every minute", []),
        ("10 Downing Street and Apt. 5", ["address"]),
        ("5 rue Victor Hugo", ["address"]),
        ("〒100-0005", ["address"]),
        ("上海市南京东路100号3楼", ["address"]),
        ("I walked 3 miles Down the road", []),
        ("第3号ですか", []),
    ],
)
def test_personal_details(text: str, kinds: list[str]) -> None:
    assert [finding.kind for finding in find(text, PERSONAL)] == kinds


def test_several_are_found_in_order_and_none_twice() -> None:
    text = "ann@example.com, 4111111111111111, my password is hunter2; DE89370400440532013000"
    assert [f.kind for f in find(text, KINDS)] == ["email", "card_number", "password", "bank_account"]


def test_long_texts_take_time_in_proportion() -> None:
    """No rule looks again and again at the same characters."""
    for piece in ("password ", "a.b@", "1234 ", "4111-", "sk-", "省市区", "password for a ", "12 A", "GB82 WEST "):
        seconds = []
        for times in (500, 5000):
            text = piece * times
            began = time.process_time()
            find(text, KINDS)
            seconds.append(time.process_time() - began)
        assert seconds[1] < max(60 * seconds[0], 2.0), piece
