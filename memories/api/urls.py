"""mem0's paths, each ending in a slash as its clients write them."""

from django.urls import include, path, re_path

from memories.api import (
    batch,
    entities,
    erasures,
    events,
    exports,
    feedback,
    instructions,
    memories,
    memory,
    old,
    overview,
    ping,
    profiles,
    rollbacks,
    usage,
    versions,
)
from memories.api.schema.view import SchemaView

urlpatterns = [
    path("api/schema/", SchemaView.as_view(), name="api_schema"),
    path("v1/ping/", ping.PingView.as_view(), name="api_ping"),
    path("v3/memories/add/", memories.AddView.as_view(), name="api_add"),
    path("v3/memories/search/", memories.SearchView.as_view(), name="api_search"),
    path("v3/memories/", memories.ListView.as_view(), name="api_list"),
    path("v2/memories/search/", old.OldSearchView.as_view(), name="api_search_v2"),
    path("v2/memories/", old.OldListView.as_view(), name="api_list_v2"),
    path("v1/memories/search/", old.OldSearchView.as_view(), name="api_search_v1"),
    path("v1/memories/", old.OldMemoriesView.as_view(), name="api_memories"),
    path("v1/memories/events/", memory.AllHistoryView.as_view(), name="api_all_history"),
    path("v1/batch/", batch.BatchView.as_view(), name="api_batch"),
    path("v1/memories/<str:memory_id>/history/", memory.HistoryView.as_view(), name="api_history"),
    path("v1/memories/<str:memory_id>/", memory.MemoryView.as_view(), name="api_memory"),
    re_path(
        r"^v1/memories/(?P<kind>user|agent|app|run)/(?P<name>(?s:.+))/$",
        entities.EntityMemoriesView.as_view(),
        name="api_entity_memories",
    ),
    *(
        path(f"v1/{kind}s/", entities.CreateEntityView.as_view(), {"kind": kind}, name=f"api_create_{kind}")
        for kind in entities.KINDS
    ),
    path("v1/entities/", entities.EntitiesView.as_view(), name="api_entities"),
    path("v1/entities/filters/", overview.FilterValuesView.as_view(), name="api_entity_filters"),
    path("v1/stats/", overview.StatsView.as_view(), name="api_stats"),
    path("v1/summary/", overview.SummaryView.as_view(), name="api_summary"),
    path("v1/exports/", exports.ExportsView.as_view(), name="api_exports"),
    path("v1/exports/get/", exports.ExportView.as_view(), name="api_export"),
    path("v1/erasures/", erasures.ErasuresView.as_view(), name="api_erasures"),
    path("v1/erasures/preview/", erasures.ErasurePreviewView.as_view(), name="api_erasure_preview"),
    path("v1/erasures/<str:certificate_id>/", erasures.ErasureView.as_view(), name="api_erasure"),
    path("v1/feedback/", feedback.FeedbackView.as_view(), name="api_feedback"),
    path("v1/generate-instructions/", instructions.InstructionsView.as_view(), name="api_instructions"),
    # As mem0's open-source server calls it.
    path("generate-instructions", instructions.InstructionsView.as_view(), name="api_instructions_oss"),
    path("v2/profiles/settings/", profiles.SettingsView.as_view(), name="api_profile_settings"),
    path("v2/profiles/jobs/", profiles.JobsView.as_view(), name="api_profile_jobs"),
    path("v2/profiles/jobs/<str:request_id>/", profiles.JobView.as_view(), name="api_profile_job"),
    # A name may hold slashes, and lines.
    re_path(
        r"^v2/entities/(?P<kind>[^/]+)/(?P<name>(?s:.+))/profile/$", profiles.ProfileView.as_view(), name="api_profile"
    ),
    *(
        re_path(
            rf"^{v}/entities/(?P<kind>[^/]+)/(?P<name>(?s:.+))/$", entities.EntityView.as_view(), name="api_entity"
        )
        for v in ("v1", "v2")
    ),
    path("v1/events/", events.EventsView.as_view(), name="api_events"),
    path("v1/events/retry/", events.RetryAllView.as_view(), name="api_events_retry"),
    path("v1/event/<str:event_id>/retry/", events.RetryView.as_view(), name="api_event_retry"),
    path("v1/usage/", usage.UsageView.as_view(), name="api_usage"),
    path("v1/event/<str:event_id>/", events.EventView.as_view(), name="api_event"),
    path("api/v1/memories/as-of/", versions.AsOfView.as_view(), name="api_list_as_of"),
    path("api/v1/memories/<str:memory_id>/restore/", versions.RestoreView.as_view(), name="api_memory_restore"),
    path("api/v1/memories/<str:memory_id>/undo/", versions.UndoView.as_view(), name="api_memory_undo"),
    path("api/v1/rollbacks/", rollbacks.RollbacksView.as_view(), name="api_rollbacks"),
    path("api/v1/rollbacks/preview/", rollbacks.PreviewView.as_view(), name="api_rollback_preview"),
    path("api/v1/rollbacks/<str:rollback_id>/", rollbacks.RollbackView.as_view(), name="api_rollback"),
    path("api/v1/review/", include("memories.api.review.urls")),
    path("api/v1/orgs/", include("memories.api.orgs.urls")),
    path("api/v1/webhooks/", include("memories.api.webhooks.urls")),
]
