"""The core's tables."""

from memories.models.access_log import AccessLog
from memories.models.audit import AuditEntry
from memories.models.entities import Agent, App, EndUser, Run
from memories.models.event import Event
from memories.models.idempotency import KeyedCall
from memories.models.memory import Memory, MemoryVector
from memories.models.message import Message
from memories.models.version import MemoryVersion

__all__ = [
    "AccessLog",
    "Agent",
    "App",
    "AuditEntry",
    "EndUser",
    "Event",
    "KeyedCall",
    "Memory",
    "MemoryVector",
    "MemoryVersion",
    "Message",
    "Run",
]
