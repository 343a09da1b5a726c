"""Where the core's pages are."""

from django.urls import path

from memories.pages import api_docs, home, jobs, memories

urlpatterns = [
    path("", home.home, name="home"),
    path("samples/load/", home.samples_load, name="samples_load"),
    path("samples/remove/", home.samples_remove, name="samples_remove"),
    path("api/docs/", api_docs.api_docs, name="api_docs"),
    path("memories/", memories.memory_list, name="memory_list"),
    path("memories/<uuid:memory_id>/", memories.memory_detail, name="memory_detail"),
    path("memories/<uuid:memory_id>/edit/", memories.memory_edit, name="memory_edit"),
    path("memories/<uuid:memory_id>/delete/", memories.memory_delete, name="memory_delete"),
    path("memories/<uuid:memory_id>/restore/", memories.memory_restore, name="memory_restore"),
    path("jobs/", jobs.job_list, name="job_list"),
    path("jobs/retry/", jobs.job_retry_all, name="job_retry_all"),
    path("jobs/<uuid:event_id>/", jobs.job_detail, name="job_detail"),
    path("jobs/<uuid:event_id>/retry/", jobs.job_retry, name="job_retry"),
]
