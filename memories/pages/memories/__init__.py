"""The pages on which people read, correct and erase what is remembered."""

from memories.pages.memories.detail import memory_detail
from memories.pages.memories.editing import memory_edit
from memories.pages.memories.feedback import memory_feedback
from memories.pages.memories.life import memory_life, memory_pin
from memories.pages.memories.listing import memory_list
from memories.pages.memories.past import memory_as_of
from memories.pages.memories.saved import saved_filter_create, saved_filter_delete
from memories.pages.memories.trash import memory_delete, memory_restore
from memories.pages.memories.versions import memory_restore_version, memory_undo

__all__ = [
    "memory_as_of",
    "memory_delete",
    "memory_detail",
    "memory_edit",
    "memory_feedback",
    "memory_life",
    "memory_list",
    "memory_pin",
    "memory_restore",
    "memory_restore_version",
    "memory_undo",
    "saved_filter_create",
    "saved_filter_delete",
]
