"""What is looked for, and what is done with it unless a project says otherwise."""

from __future__ import annotations

ALLOW, MASK, REFUSE = "allow", "mask", "refuse"
ACTIONS = (ALLOW, MASK, REFUSE)

PRIVATE_KEY, ACCESS_KEY, PASSWORD = "private_key", "access_key", "password"
CARD_NUMBER, BANK_ACCOUNT, NATIONAL_ID = "card_number", "bank_account", "national_id"
EMAIL, PHONE, ADDRESS, IP_ADDRESS, BIRTH_DATE = "email", "phone", "address", "ip_address", "birth_date"

# Whoever has one of these can act as the person.
SECRETS = (PRIVATE_KEY, ACCESS_KEY, PASSWORD, CARD_NUMBER, BANK_ACCOUNT, NATIONAL_ID)
# These tell who and where a person is, which is what many apps are there to remember.
PERSONAL = (EMAIL, PHONE, ADDRESS, IP_ADDRESS, BIRTH_DATE)
KINDS = (*SECRETS, *PERSONAL)
DEFAULTS: dict[str, str] = {**dict.fromkeys(SECRETS, MASK), **dict.fromkeys(PERSONAL, ALLOW)}

# Not something found in a text, but reasons why a text is not kept.
INCOGNITO, TOPIC = "incognito", "topic"
