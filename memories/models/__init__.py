"""The core's tables."""

from memories.models.access_log import AccessLog
from memories.models.attachment import Attachment
from memories.models.conflict import Conflict
from memories.models.embedder import EmbedderChange, KnownEmbedder
from memories.models.entities import Agent, App, EndUser, Run
from memories.models.erasure import ErasureCertificate, LeftoverCheck, Tombstone
from memories.models.event import Event
from memories.models.export import MemoryExport
from memories.models.feedback import Feedback
from memories.models.idempotency import KeyedCall
from memories.models.memory import Memory, MemoryVector
from memories.models.message import Message
from memories.models.model_call import ModelCall
from memories.models.profile import Profile, ProfileLine, ProfileRequest, ProfileSettings
from memories.models.review import ReviewRule, SourceTrust, Suppression
from memories.models.rollback import Rollback
from memories.models.saved_filter import SavedFilter
from memories.models.vector_index import VectorIndex
from memories.models.version import MemoryVersion
from memories.models.visit_mark import VisitMark
from memories.models.webhook import Webhook, WebhookDelivery

__all__ = [
    "AccessLog",
    "Agent",
    "App",
    "Attachment",
    "Conflict",
    "EmbedderChange",
    "EndUser",
    "ErasureCertificate",
    "Event",
    "Feedback",
    "KeyedCall",
    "KnownEmbedder",
    "LeftoverCheck",
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
    "ReviewRule",
    "Rollback",
    "Run",
    "SavedFilter",
    "SourceTrust",
    "Suppression",
    "Tombstone",
    "VectorIndex",
    "VisitMark",
    "Webhook",
    "WebhookDelivery",
]
