"""Signatures after Standard Webhooks (https://www.standardwebhooks.com), whose libraries receivers can check with."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

from memories.models import Webhook

SECRET_PREFIX = "whsec_"  # noqa: S105 (what secrets begin with)
SECRET_BYTES = 32


def new_secret() -> str:
    """Return a fresh secret as receivers are given it."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signed_headers(webhook: Webhook, *, message_id: str, body: bytes, at: datetime) -> dict[str, str]:
    """Return the three headers that sign `body` as sent at `at`.

    For a day after a rotation there are two signatures, so that the receiver can change over in its own time.
    """
    timestamp = str(int(at.timestamp()))
    keys = [webhook.secret]
    if webhook.previous_secret_until is not None and at < webhook.previous_secret_until:
        keys.append(webhook.previous_secret)
    content = f"{message_id}.{timestamp}.".encode() + body
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{_signature(key, content)}" for key in keys),
    }


def _signature(secret: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    return base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
