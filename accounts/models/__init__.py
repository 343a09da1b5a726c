"""Users, the tenants they belong to, and the keys that act for them."""

from accounts.models.api_key import ApiKey
from accounts.models.request_count import RequestCount
from accounts.models.tenancy import Membership, Organization, Project
from accounts.models.user import User

__all__ = ["ApiKey", "Membership", "Organization", "Project", "RequestCount", "User"]
