"""A pytest plugin that puts the tests on an embedded PostgreSQL of their own.

It must run before Django reads its settings, so pytest loads it first (`-p tests.embedded` in pyproject.toml).
With TEST_DATABASE_URL the tests use that server instead, and with TEST_DATA another folder in var/, so that two runs
don't meet.
"""

import hashlib
import os
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "var" / os.environ.get("TEST_DATA", "test")
# A developer's own settings must neither reach the tests nor be reached by them.
OURS = (
    "OPENAI_",
    "EMBEDDING_",
    "EXTRACTION_",
    "NEO4J_",
    "DATABASE_",
    "CACHE_",
    "CELERY_",
    "MEMORYHUB_",
    "EMAIL_",
    "PUBLIC_",
    "MEM0_",
    "RATE_LIMIT_",
    "QUOTA_",
)

# pytest closes the folder that all runs of a user share to others, at any time; a Postgres in it, which is not root's,
# would be locked out.
TEMPORARY = Path(tempfile.gettempdir()) / f"memoryhub-{hashlib.sha256(str(DATA).encode()).hexdigest()[:8]}"

for name in [name for name in os.environ if name.startswith(OURS)]:
    del os.environ[name]
os.environ.update(
    MEMORYHUB_DATA=str(DATA),
    DJANGO_SETTINGS_MODULE="memoryhub.settings",
    SECRET_KEY="only-for-tests",
    # In-process tests call the services that workers call; the broker and its workers have tests of their own.
    CELERY_BROKER_URL="memory://",
    MEM0_TELEMETRY="False",
    MEM0_DIR=str(DATA / "mem0"),
    EVENT_LEASE_SECONDS="2",
    PYTEST_DEBUG_TEMPROOT=str(TEMPORARY),
)
TEMPORARY.mkdir(exist_ok=True)
(DATA / "static").mkdir(parents=True, exist_ok=True)

if url := os.environ.get("TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = url
else:
    from memoryhub import embedded_postgres

    _server = embedded_postgres.start(DATA / "postgres")
    embedded_postgres.make_fast_and_unsafe(DATA / "postgres")
