"""Every route of every door, what it leads to, and who may use it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from memories.privacy.kinds import DEFAULTS


@dataclass(frozen=True)
class Route:
    """One call. `url` and strings in `body` may hold {memory}, {event}, {key}, {project} and so on: rows of alice's.

    `shared` routes have no object of alice's in them: everybody gets their own. `personal` ones have one that is
    hers alone: her team does not reach it either. `administrative` ones are for the owners and admins among her
    team, `admin` ones ask for a key that may administer, also to read. `refused` is what even alice is answered,
    if that is an error.
    """

    name: str
    method: str
    url: str
    body: Any = None
    shared: bool = False
    administrative: bool = False
    admin: bool = False
    refused: int = 0
    personal: bool = False


HOOK = {"name": "n", "url": "https://example.com/", "event_types": ["memory_add"]}
ORGANIZATION = "/api/v1/orgs/organizations/{organization}/"
PROJECT = f"{ORGANIZATION}projects/{{project}}/"
SPARE = f"{ORGANIZATION}projects/{{spare}}/"
NEW, TEAM_MATE, GUEST = ({"email": f"{name}@example.com", "role": "READER"} for name in ("new", "mate", "guest"))
NOW = "2026-11-21T12:00:00Z"
SUPPRESS = {"memory_id": "{memory}", "verdict": "suppress"}
RULES = "/projects/{project}/review/rules/"
TRUST = {"source": "{trusted}", "level": 0}
POLICY = {**DEFAULTS, "card_number": "refuse", "excluded_topics": "health"}
LIFECYCLE = {"capacity": "9", "promotion_heat": "5", "half_life_days": "30"}
MEMORY = {"text": "x", "version": 1, "categories": "", "reason": "", "expiration_date": ""}
SCHEMA = {"type": "object", "properties": {"memories": {"type": "array", "items": {"type": "string"}}}}

API = [
    Route("api_ping", "get", "/v1/ping/", shared=True),
    Route("api_add", "post", "/v3/memories/add/", {"messages": "I sing.", "user_id": "ann"}, shared=True),
    Route("api_search", "post", "/v3/memories/search/", {"query": "tea", "filters": {"user_id": "ann"}}, shared=True),
    Route("api_list", "post", "/v3/memories/", {"filters": {"user_id": "ann"}}, shared=True),
    Route(
        "api_search_v2", "post", "/v2/memories/search/", {"query": "tea", "filters": {"user_id": "ann"}}, shared=True
    ),
    Route("api_list_v2", "post", "/v2/memories/", {"filters": {"user_id": "ann"}}, shared=True),
    Route("api_search_v1", "post", "/v1/memories/search/", {"query": "tea", "user_id": "ann"}, shared=True),
    Route("api_memories", "get", "/v1/memories/?user_id=ann", shared=True),
    Route("api_memories", "post", "/v1/memories/", {"messages": "I sing.", "user_id": "ann"}, shared=True),
    Route("api_memories", "delete", "/v1/memories/?user_id=ann", shared=True),
    Route("api_all_history", "get", "/v1/memories/events/", shared=True),
    Route("api_batch", "put", "/v1/batch/", {"memories": [{"memory_id": "{memory}", "text": "changed"}]}),
    Route("api_batch", "delete", "/v1/batch/", {"memories": [{"memory_id": "{memory}"}]}),
    Route("api_entity_memories", "get", "/v1/memories/user/ann/"),
    *(
        Route(f"api_create_{k}", "post", f"/v1/{k}s/", {"name": "x"}, shared=True)
        for k in ("user", "agent", "app", "run")
    ),
    Route("api_memory", "get", "/v1/memories/{memory}/"),
    Route("api_memory", "put", "/v1/memories/{memory}/", {"text": "changed"}),
    Route("api_memory", "delete", "/v1/memories/{memory}/"),
    Route("api_history", "get", "/v1/memories/{memory}/history/"),
    Route("api_entities", "get", "/v1/entities/", shared=True),
    Route("api_entity", "get", "/v2/entities/user/ann/"),
    Route("api_entity", "delete", "/v2/entities/user/ann/", admin=True),
    Route("api_entity", "delete", "/v1/entities/user/ann/", admin=True),
    Route("api_entity_filters", "get", "/v1/entities/filters/", shared=True),
    Route("api_stats", "get", "/v1/stats/", shared=True),
    Route("api_summary", "post", "/v1/summary/", {"filters": {"user_id": "ann"}}, shared=True),
    Route("api_exports", "post", "/v1/exports/", {"schema": SCHEMA, "filters": {"user_id": "ann"}}, shared=True),
    Route("api_export", "post", "/v1/exports/get/", {"memory_export_id": "{export}"}),
    Route("api_erasures", "get", "/v1/erasures/", shared=True),
    Route("api_erasure", "get", "/v1/erasures/{erasure}/"),
    Route("api_erasure_preview", "post", "/v1/erasures/preview/", {"user_id": "ann"}),
    Route("api_feedback", "post", "/v1/feedback/", {"memory_id": "{memory}", "feedback": "POSITIVE"}),
    Route("api_instructions", "post", "/v1/generate-instructions/", {"use_case": "a diary"}, shared=True),
    Route("api_instructions_oss", "post", "/generate-instructions", {"use_case": "a diary"}, shared=True),
    Route("api_profile", "get", "/v2/entities/user/ann/profile/"),
    Route("api_profile_jobs", "post", "/v2/profiles/jobs/", {"operation": "trigger", "entity_id": "ann"}),
    Route("api_profile_job", "get", "/v2/profiles/jobs/{profile_request}/"),
    Route("api_profile_settings", "get", "/v2/profiles/settings/", shared=True),
    Route("api_profile_settings", "post", "/v2/profiles/settings/", {"enabled": True}, shared=True),
    Route("api_events", "get", "/v1/events/", shared=True),
    Route("api_event", "get", "/v1/event/{event}/"),
    Route("api_event_retry", "post", "/v1/event/{event}/retry/", refused=409),
    Route("api_events_retry", "post", "/v1/events/retry/", {}, shared=True),
    Route("api_usage", "get", "/v1/usage/", shared=True),
    Route("api_organizations", "get", "/api/v1/orgs/organizations/", shared=True),
    Route("api_organizations", "post", "/api/v1/orgs/organizations/", {"name": "x"}, shared=True),
    Route("api_organization", "get", ORGANIZATION),
    Route("api_organization", "patch", ORGANIZATION, {"name": "x"}),
    Route("api_organization", "put", ORGANIZATION, {"name": "x"}),
    Route("api_organization", "delete", ORGANIZATION, refused=409),
    Route("api_organization_members", "get", f"{ORGANIZATION}members/"),
    Route("api_organization_members", "post", f"{ORGANIZATION}members/", NEW),
    Route("api_organization_members", "put", f"{ORGANIZATION}members/", TEAM_MATE),
    Route("api_organization_members", "delete", f"{ORGANIZATION}members/?email=mate@example.com"),
    Route("api_projects", "get", f"{ORGANIZATION}projects/"),
    Route("api_projects", "post", f"{ORGANIZATION}projects/", {"name": "x"}),
    Route("api_project", "get", PROJECT),
    Route("api_project", "patch", PROJECT, {"custom_instructions": "x"}),
    Route("api_project", "delete", PROJECT, refused=409),
    Route("api_project", "delete", SPARE),
    Route("api_project_members", "get", f"{PROJECT}members/"),
    Route("api_project_members", "post", f"{PROJECT}members/", NEW),
    Route("api_project_members", "put", f"{PROJECT}members/", GUEST),
    Route("api_project_members", "delete", f"{PROJECT}members/?email=guest@example.com"),
    Route("api_list_as_of", "post", "/api/v1/memories/as-of/", {"user_id": "ann", "as_of": NOW}, shared=True),
    Route("api_memory_restore", "post", "/api/v1/memories/{memory}/restore/", {"version": 1}),
    Route("api_memory_undo", "post", "/api/v1/memories/{memory}/undo/", {}),
    Route("api_rollback_preview", "post", "/api/v1/rollbacks/preview/", {"event_id": "{event}"}, admin=True),
    Route("api_rollbacks", "post", "/api/v1/rollbacks/", {"event_id": "{event}"}, admin=True),
    Route("api_rollback", "get", "/api/v1/rollbacks/{rollback}/", admin=True),
    Route("api_review", "get", "/api/v1/review/", shared=True, admin=True),
    Route("api_review_decisions", "post", "/api/v1/review/decisions/", {"decisions": [SUPPRESS]}, admin=True),
    Route("api_review_policy", "get", "/api/v1/review/policy/", shared=True, admin=True),
    Route("api_review_policy", "put", "/api/v1/review/policy/", {"rules": []}, shared=True, admin=True),
    Route("api_suppressions", "get", "/api/v1/review/suppressions/", shared=True, admin=True),
    Route("api_suppression", "delete", "/api/v1/review/suppressions/{suppression}/", admin=True),
    Route("api_webhooks", "get", "/api/v1/webhooks/projects/{project}/", admin=True),
    Route("api_webhooks", "post", "/api/v1/webhooks/projects/{project}/", HOOK, admin=True),
    Route("api_webhook", "get", "/api/v1/webhooks/{webhook}/", admin=True),
    Route("api_webhook", "put", "/api/v1/webhooks/{webhook}/", {"name": "changed"}, admin=True),
    Route("api_webhook", "delete", "/api/v1/webhooks/{webhook}/", admin=True),
    Route("api_webhook_rotate", "post", "/api/v1/webhooks/{webhook}/rotate/", admin=True),
    Route("api_webhook_test", "post", "/api/v1/webhooks/{webhook}/test/", admin=True),
    Route("api_webhook_deliveries", "get", "/api/v1/webhooks/{webhook}/deliveries/", admin=True),
    Route("api_webhook_replay", "post", "/api/v1/webhooks/{webhook}/deliveries/{delivery}/replay/", admin=True),
]
PAGES = [
    Route("home", "get", "/", shared=True),
    Route("samples_load", "post", "/samples/load/", shared=True),
    Route("samples_remove", "post", "/samples/remove/", shared=True),
    Route("memory_list", "get", "/memories/", shared=True),
    Route("memory_detail", "get", "/memories/{memory}/"),
    Route("memory_edit", "get", "/memories/{memory}/edit/"),
    Route("memory_edit", "post", "/memories/{memory}/edit/", MEMORY),
    Route("memory_delete", "get", "/memories/{memory}/delete/"),
    Route("memory_delete", "post", "/memories/{memory}/delete/", {}),
    Route("memory_restore", "post", "/memories/{memory}/restore/", {}),
    Route("memory_pin", "post", "/memories/{memory}/pin/", {"pinned": "yes"}),
    Route("memory_life", "post", "/memories/{memory}/life/", {"layer": "session", "expiration_date": ""}),
    Route("memory_undo", "post", "/memories/{memory}/undo/", {"version": 1}),
    Route("memory_restore_version", "post", "/memories/{memory}/versions/1/restore/", {}),
    Route("memory_as_of", "get", "/memories/as-of/?on=2026-03-01&end_user=ann", shared=True),
    Route("rollback_list", "get", "/rollbacks/", shared=True),
    Route("rollback_create", "post", "/rollbacks/create/", {"kind": "app", "source": "none"}, shared=True),
    Route("rollback_detail", "get", "/rollbacks/{rollback}/"),
    Route("review_list", "get", "/review/", shared=True),
    Route("review_detail", "get", "/review/{memory}/"),
    Route("review_decide", "post", "/review/decide/", {"memory": "{memory}", "verdict": "approve"}),
    Route("review_conflict", "post", "/review/conflicts/{conflict}/", {"decision": "keep_both"}),
    Route("suppression_list", "get", "/review/never/", shared=True),
    Route("suppression_lift", "post", "/review/never/{suppression}/lift/", {}),
    Route("review_policy", "get", "/projects/{project}/review/"),
    Route("review_rule_create", "post", f"{RULES}", {"outcome": "review"}, administrative=True),
    Route("review_rule_delete", "post", f"{RULES}{{rule}}/delete/", {}, administrative=True),
    Route("review_rule_first", "post", f"{RULES}{{rule}}/first/", {}, administrative=True),
    Route("review_trust", "post", "/projects/{project}/review/trust/", TRUST, administrative=True),
    Route("profile_detail", "get", "/people/{person}/profile/"),
    Route("profile_make", "post", "/people/{person}/profile/make/", {}),
    Route("project_profiles", "post", "/projects/{project}/profiles/", {"enabled": "yes"}, administrative=True),
    Route("memory_purge", "get", "/memories/{memory}/purge/"),
    Route("memory_purge", "post", "/memories/{memory}/purge/", {}),
    Route("person_erase", "get", "/people/{person}/erase/", administrative=True),
    Route("person_erase", "post", "/people/{person}/erase/", {"typed": "ann"}, administrative=True),
    Route("erasure_list", "get", "/erasures/", shared=True),
    Route("erasure_detail", "get", "/erasures/{erasure}/"),
    Route("erasure_download", "get", "/erasures/{erasure}/download/"),
    Route("attachment", "get", "/attachments/{attachment}/"),
    Route("saved_filter_create", "post", "/memories/saved/", {"q": "tea", "name": "Tea"}, shared=True),
    Route("saved_filter_delete", "post", "/memories/saved/{saved}/delete/", {}, personal=True),
    Route("memory_feedback", "post", "/memories/{memory}/feedback/", {"value": "POSITIVE"}),
    Route("export_list", "get", "/exports/", shared=True),
    Route("export_download", "get", "/exports/{export}/download/"),
    Route("export_delete", "post", "/exports/{export}/delete/", {}),
    Route("job_list", "get", "/jobs/", shared=True),
    Route("job_retry_all", "post", "/jobs/retry/", shared=True),
    Route("job_detail", "get", "/jobs/{event}/"),
    Route("job_retry", "post", "/jobs/{event}/retry/", {}),
    Route("usage", "get", "/usage/", shared=True),
    Route("key_list", "get", "/keys/", shared=True),
    Route("key_create", "post", "/keys/create/", {"name": "k", "scope": "read"}, shared=True),
    Route("key_revoke", "post", "/keys/{key}/revoke/", {}),
    Route("webhook_list", "get", "/webhooks/", shared=True),
    Route("webhook_create", "post", "/webhooks/create/", HOOK, shared=True),
    Route("webhook_detail", "get", "/webhooks/{webhook}/"),
    Route("webhook_edit", "get", "/webhooks/{webhook}/edit/"),
    Route("webhook_edit", "post", "/webhooks/{webhook}/edit/", HOOK),
    Route("webhook_enable", "post", "/webhooks/{webhook}/enable/", {}),
    Route("webhook_disable", "post", "/webhooks/{webhook}/disable/", {}),
    Route("webhook_rotate", "post", "/webhooks/{webhook}/rotate/", {}),
    Route("webhook_test", "post", "/webhooks/{webhook}/test/", {}),
    Route("webhook_delete", "post", "/webhooks/{webhook}/delete/", {}),
    Route("webhook_replay", "post", "/webhooks/{webhook}/deliveries/{delivery}/replay/", {}),
    Route("project_select", "post", "/projects/{project}/select/", {}),
    Route("project_create", "get", "/projects/new/", shared=True),
    Route("project_create", "post", "/projects/new/", {"name": "x"}, shared=True),
    Route("project_settings", "get", "/projects/{project}/"),
    Route("project_settings", "post", "/projects/{project}/", {"name": "x"}, administrative=True),
    Route("project_delete", "get", "/projects/{spare}/delete/", administrative=True),
    Route("project_delete", "post", "/projects/{spare}/delete/", {"typed": "Spare"}, administrative=True),
    Route("project_lifecycle", "get", "/projects/{project}/lifecycle/"),
    Route("project_lifecycle", "post", "/projects/{project}/lifecycle/", LIFECYCLE, administrative=True),
    Route("project_privacy", "get", "/projects/{project}/privacy/"),
    Route("project_privacy", "post", "/projects/{project}/privacy/", POLICY, administrative=True),
    Route("member_list", "get", "/projects/{project}/members/"),
    Route(
        "member_add",
        "post",
        "/projects/{project}/members/add/",
        {"email": "new@example.com", "role": "member", "reach": "project"},
        administrative=True,
    ),
    Route(
        "member_role",
        "post",
        "/projects/{project}/members/organization/{member}/role/",
        {"role": "admin"},
        administrative=True,
    ),
    Route("member_remove", "post", "/projects/{project}/members/project/{guest}/remove/", {}, administrative=True),
]
# For whoever runs the server, and 404 for everybody else: they tell of all projects.
OPERATING = [
    Route("embedder", "get", "/embedder/"),
    Route("embedder_change", "post", "/embedder/change/", {}),
    Route("embedder_retry", "post", "/embedder/{change}/retry/", {}),
    Route("embedder_cancel", "post", "/embedder/{change}/cancel/", {}),
]
# Open to everybody, signed in or not, and the same for all; or another package's, with tests of its own.
PUBLIC = {"api_docs", "api_schema", "health_embedder", "health_leftovers", "health_live", "health_ready"}
PUBLIC |= {"language", "theme"}
NOT_OURS = ("account_", "admin:")


def names(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    """Yield the name of every route in the URLconf."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            yield prefix + (pattern.name or str(pattern.pattern))
        else:
            inside = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from names(pattern, inside)
