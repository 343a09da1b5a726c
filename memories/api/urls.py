"""mem0's paths, each ending in a slash as its clients write them."""

from django.urls import include, path, re_path

from memories.api import batch, entities, events, memories, memory, old, ping

urlpatterns = [
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
        r"^v1/memories/(?P<kind>user|agent|app|run)/(?P<name>.+)/$",
        entities.EntityMemoriesView.as_view(),
        name="api_entity_memories",
    ),
    *(
        path(f"v1/{kind}s/", entities.CreateEntityView.as_view(), {"kind": kind}, name=f"api_create_{kind}")
        for kind in entities.KINDS
    ),
    path("v1/entities/", entities.EntitiesView.as_view(), name="api_entities"),
    # A name may hold slashes.
    re_path(r"^v[12]/entities/(?P<kind>[^/]+)/(?P<name>.+)/$", entities.EntityView.as_view(), name="api_entity"),
    path("v1/events/", events.EventsView.as_view(), name="api_events"),
    path("v1/event/<str:event_id>/", events.EventView.as_view(), name="api_event"),
    path("api/v1/orgs/", include("memories.api.orgs.urls")),
]
