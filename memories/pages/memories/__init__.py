"""The pages on which people read, correct and erase what is remembered."""

from memories.pages.memories.detail import memory_detail
from memories.pages.memories.editing import memory_edit
from memories.pages.memories.feedback import memory_feedback
from memories.pages.memories.listing import memory_list
from memories.pages.memories.saved import saved_filter_create, saved_filter_delete
from memories.pages.memories.trash import memory_delete, memory_restore

__all__ = [
    "memory_delete",
    "memory_detail",
    "memory_edit",
    "memory_feedback",
    "memory_list",
    "memory_restore",
    "saved_filter_create",
    "saved_filter_delete",
]
