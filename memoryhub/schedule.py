"""What Celery beat rings for, and how often, in seconds."""

from __future__ import annotations

from typing import Any

SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep": {"task": "memories.tasks.sweep", "schedule": 30.0, "options": {"expires": 30}},
    "tidy": {"task": "memories.tasks.tidy", "schedule": 600.0, "options": {"expires": 600}},
    "empty-trash": {"task": "memories.tasks.empty_trash", "schedule": 3600.0, "options": {"expires": 3600}},
    "check-leftovers": {"task": "memories.tasks.check_leftovers", "schedule": 86400.0, "options": {"expires": 86400}},
    "expire-exports": {"task": "memories.tasks.expire_exports", "schedule": 3600.0, "options": {"expires": 3600}},
    "refresh-profiles": {"task": "memories.tasks.refresh_profiles", "schedule": 3600.0, "options": {"expires": 3600}},
    "count-visits": {"task": "memories.tasks.count_visits", "schedule": 300.0, "options": {"expires": 300}},
    "index-vectors": {"task": "memories.tasks.index_vectors", "schedule": 600.0, "options": {"expires": 600}},
    "consolidate": {"task": "memories.tasks.consolidate", "schedule": 3600.0, "options": {"expires": 3600}},
    "purge-webhook-log": {
        "task": "memories.tasks.purge_webhook_log",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
}
