"""Webhooks: the list with a form for a new one, a webhook with its log, and what can be done to it."""

from memories.pages.webhooks.acting import (
    webhook_delete,
    webhook_disable,
    webhook_enable,
    webhook_replay,
    webhook_test,
)
from memories.pages.webhooks.setting_up import webhook_create, webhook_edit, webhook_list, webhook_rotate
from memories.pages.webhooks.showing import webhook_detail

__all__ = [
    "webhook_create",
    "webhook_delete",
    "webhook_detail",
    "webhook_disable",
    "webhook_edit",
    "webhook_enable",
    "webhook_list",
    "webhook_replay",
    "webhook_rotate",
    "webhook_test",
]
