"""Users, the tenants they belong to, the keys that act for them, and who did what."""

from accounts.models.api_key import ApiKey
from accounts.models.audit import AuditEntry
from accounts.models.project import Project, ProjectMembership
from accounts.models.request_count import RequestCount
from accounts.models.tenancy import Membership, Organization
from accounts.models.user import User

__all__ = [
    "ApiKey",
    "AuditEntry",
    "Membership",
    "Organization",
    "Project",
    "ProjectMembership",
    "RequestCount",
    "User",
]
