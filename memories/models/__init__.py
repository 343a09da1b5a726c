"""The core's tables."""

from memories.models.access_log import AccessLog
from memories.models.attachment import Attachment
from memories.models.entities import Agent, App, EndUser, Run
from memories.models.event import Event
from memories.models.export import MemoryExport
from memories.models.feedback import Feedback
from memories.models.idempotency import KeyedCall
from memories.models.memory import Memory, MemoryVector
from memories.models.message import Message
from memories.models.model_call import ModelCall
from memories.models.profile import Profile, ProfileLine, ProfileRequest, ProfileSettings
from memories.models.saved_filter import SavedFilter
from memories.models.version import MemoryVersion
from memories.models.webhook import Webhook, WebhookDelivery

__all__ = [
    "AccessLog",
    "Agent",
    "App",
    "Attachment",
    "EndUser",
    "Event",
    "Feedback",
    "KeyedCall",
    "Memory",
    "MemoryExport",
    "MemoryVector",
    "MemoryVersion",
    "Message",
    "ModelCall",
    "Profile",
    "ProfileLine",
    "ProfileRequest",
    "ProfileSettings",
    "Run",
    "SavedFilter",
    "Webhook",
    "WebhookDelivery",
]
