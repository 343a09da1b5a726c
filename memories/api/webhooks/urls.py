"""mem0's paths for webhooks, and our own below them."""

from django.urls import path

from memories.api.webhooks import views

urlpatterns = [
    path("projects/<str:project_id>/", views.WebhooksView.as_view(), name="api_webhooks"),
    path("<str:webhook_id>/", views.WebhookView.as_view(), name="api_webhook"),
    path("<str:webhook_id>/rotate/", views.RotateView.as_view(), name="api_webhook_rotate"),
    path("<str:webhook_id>/test/", views.TestView.as_view(), name="api_webhook_test"),
    path("<str:webhook_id>/deliveries/", views.DeliveriesView.as_view(), name="api_webhook_deliveries"),
    path(
        "<str:webhook_id>/deliveries/<str:delivery_id>/replay/",
        views.ReplayView.as_view(),
        name="api_webhook_replay",
    ),
]
