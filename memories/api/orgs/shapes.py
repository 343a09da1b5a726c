"""Organizations, projects and members in the shapes that mem0's clients expect."""

from __future__ import annotations

from typing import Any

from accounts.models import Organization, Project
from accounts.models.tenancy import Role
from accounts.services.members import Person, people
from memories.lifecycle import lifecycle_of
from memories.services.privacy import policy_of

# mem0 has owners and readers; our admins and members keep their own names.
WIRE_ROLES = {Role.OWNER: "OWNER", Role.ADMIN: "ADMIN", Role.MEMBER: "MEMBER", Role.AUDITOR: "READER"}


def member_shape(person: Person) -> dict[str, Any]:
    """Return a member."""
    return {"username": str(person.user), "email": person.user.email, "role": WIRE_ROLES[person.role]}


def role_shape(role: Role | None) -> str | None:
    """Return a role by the name it has on the wire."""
    return WIRE_ROLES[role] if role else None


def organization_shape(organization: Organization, role: Role | None) -> dict[str, Any]:
    """Return an organization; `role` is the caller's."""
    return {
        "id": str(organization.pk),
        "org_id": str(organization.pk),
        "name": organization.name,
        "created_at": organization.created_at,
        "members": [member_shape(person) for person in people(organization)],
        "user_role": role_shape(role),
    }


def project_shape(project: Project, role: Role | None) -> dict[str, Any]:
    """Return a project with its settings; `role` is the caller's.

    What isn't set is null. Memories always stay in the language they were said in, so `multilingual` is true;
    what this server doesn't have is null or false.
    """
    return {
        "id": str(project.pk),
        "project_id": str(project.pk),
        "org_id": str(project.organization_id),
        "name": project.name,
        "description": project.description or None,
        "created_at": project.created_at,
        "updated_at": project.updated_at,
        "members": [member_shape(person) for person in people(project)],
        "usecase": project.usecase or None,
        "usecase_setting": project.usecase or None,
        "memory_depth": project.memory_depth or None,
        "inclusion_prompt": project.inclusion_prompt or None,
        "exclusion_prompt": project.exclusion_prompt or None,
        "custom_categories": project.custom_categories or None,
        "custom_instructions": project.custom_instructions or None,
        "agent_custom_instructions": project.agent_custom_instructions or None,
        "privacy": policy_of(project),
        "excluded_topics": project.excluded_topics or None,
        "lifecycle": lifecycle_of(project).as_dict(),
        "update_custom_instructions": None,
        "summary_custom_instructions": None,
        "summary_batch_size": None,
        "summary_max_tokens": None,
        "expiration_date": None,
        "enable_graph": False,
        "multilingual": True,
        "retrieval_criteria": project.retrieval_criteria or None,
        "version": project.version or None,
        "is_default": project.is_default,
        "active_prompt_profile": None,
        "decay": project.decay,
        "user_role": role_shape(role),
    }
