"""Writes that make and change accounts."""

from accounts.services.people import open_personal_organization, personal_project, vouch_for_address

__all__ = ["open_personal_organization", "personal_project", "vouch_for_address"]
