"""The Celery application; tasks live in each app's `tasks` module."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init
from kombu.transport import TRANSPORT_ALIASES

TRANSPORT_ALIASES["pgmq"] = "memoryhub.pgmq:Transport"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memoryhub.settings")
# How long a worker waits for one of its own connections to Postgres, as if that were away.
POOL_SECONDS = 10.0

app = Celery("memoryhub")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def pool_connections(sender: Any, **kwargs: object) -> None:
    """Let a worker's threads hand their connections round.

    They give them back several times in an event, whenever a model is asked (`ingestion.connections`). A new one each
    time would cost as much as all the rest: Postgres plans every statement anew. Enough for all threads at once, each
    with the one that renews its lease.
    """
    from django.conf import settings

    database = settings.DATABASES["default"]
    database["CONN_MAX_AGE"] = 0
    pool = {"min_size": 1, "max_size": 2 * settings.WORKER_CONCURRENCY + 2, "timeout": POOL_SECONDS}
    database["OPTIONS"] = {**database["OPTIONS"], "pool": pool}
