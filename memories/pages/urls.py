"""Where the core's pages are."""

from django.urls import path

from memories.pages import api_docs, attachments, exports, home, jobs, memories, usage, webhooks

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
    path("attachments/<uuid:attachment_id>/", attachments.attachment_content, name="attachment"),
    path("memories/saved/", memories.saved_filter_create, name="saved_filter_create"),
    path("memories/saved/<uuid:filter_id>/delete/", memories.saved_filter_delete, name="saved_filter_delete"),
    path("memories/<uuid:memory_id>/feedback/", memories.memory_feedback, name="memory_feedback"),
    path("exports/", exports.export_list, name="export_list"),
    path("exports/<uuid:export_id>/download/", exports.export_download, name="export_download"),
    path("exports/<uuid:export_id>/delete/", exports.export_delete, name="export_delete"),
    path("jobs/", jobs.job_list, name="job_list"),
    path("jobs/retry/", jobs.job_retry_all, name="job_retry_all"),
    path("jobs/<uuid:event_id>/", jobs.job_detail, name="job_detail"),
    path("jobs/<uuid:event_id>/retry/", jobs.job_retry, name="job_retry"),
    path("usage/", usage.usage_show, name="usage"),
    path("webhooks/", webhooks.webhook_list, name="webhook_list"),
    path("webhooks/create/", webhooks.webhook_create, name="webhook_create"),
    path("webhooks/<uuid:webhook_id>/", webhooks.webhook_detail, name="webhook_detail"),
    path("webhooks/<uuid:webhook_id>/edit/", webhooks.webhook_edit, name="webhook_edit"),
    path("webhooks/<uuid:webhook_id>/rotate/", webhooks.webhook_rotate, name="webhook_rotate"),
    path("webhooks/<uuid:webhook_id>/enable/", webhooks.webhook_enable, name="webhook_enable"),
    path("webhooks/<uuid:webhook_id>/disable/", webhooks.webhook_disable, name="webhook_disable"),
    path("webhooks/<uuid:webhook_id>/test/", webhooks.webhook_test, name="webhook_test"),
    path("webhooks/<uuid:webhook_id>/delete/", webhooks.webhook_delete, name="webhook_delete"),
    path(
        "webhooks/<uuid:webhook_id>/deliveries/<uuid:delivery_id>/replay/",
        webhooks.webhook_replay,
        name="webhook_replay",
    ),
]
