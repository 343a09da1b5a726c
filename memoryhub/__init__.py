"""The MemoryHub project: settings, entry points and the processes that run it."""

from memoryhub.celery import app as celery_app

__all__ = ["celery_app"]
