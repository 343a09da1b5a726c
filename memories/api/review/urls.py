"""Our own paths for review."""

from django.urls import path

from memories.api.review import inbox

urlpatterns = [
    path("", inbox.WaitingView.as_view(), name="api_review"),
    path("decisions/", inbox.DecisionsView.as_view(), name="api_review_decisions"),
    path("policy/", inbox.PolicyView.as_view(), name="api_review_policy"),
    path("suppressions/", inbox.SuppressionsView.as_view(), name="api_suppressions"),
    path("suppressions/<str:suppression_id>/", inbox.SuppressionView.as_view(), name="api_suppression"),
]
