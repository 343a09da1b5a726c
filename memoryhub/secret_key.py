"""The key that signs sessions and tokens, for those who set none."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def kept_secret(folder: Path) -> str:
    """Return the key that is kept in `folder`, made at the first start. Raises SystemExit if it can't be written."""
    path = folder / "secret_key"
    if not path.exists():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            return path.read_text()
        except OSError as error:
            raise SystemExit(
                f"Cannot write to {folder}: {error.strerror}. "
                "Give this account the folder, or set MEMORYHUB_DATA to one it can write."
            ) from error
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
    return path.read_text()
