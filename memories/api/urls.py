"""mem0's paths, each ending in a slash as its clients write them."""

from django.urls import path, re_path

from memories.api import entities, events, memories, memory, ping
from memories.api.schema.view import SchemaView

urlpatterns = [
    path("api/schema/", SchemaView.as_view(), name="api_schema"),
    path("v1/ping/", ping.PingView.as_view(), name="api_ping"),
    path("v3/memories/add/", memories.AddView.as_view(), name="api_add"),
    path("v3/memories/search/", memories.SearchView.as_view(), name="api_search"),
    path("v3/memories/", memories.ListView.as_view(), name="api_list"),
    path("v1/memories/", memories.MemoriesView.as_view(), name="api_memories"),
    path("v1/memories/<str:memory_id>/history/", memory.HistoryView.as_view(), name="api_history"),
    path("v1/memories/<str:memory_id>/", memory.MemoryView.as_view(), name="api_memory"),
    path("v1/entities/", entities.EntitiesView.as_view(), name="api_entities"),
    # A name may hold slashes.
    re_path(r"^v2/entities/(?P<kind>[^/]+)/(?P<name>.+)/$", entities.EntityView.as_view(), name="api_entity"),
    path("v1/events/", events.EventsView.as_view(), name="api_events"),
    path("v1/event/<str:event_id>/", events.EventView.as_view(), name="api_event"),
]
