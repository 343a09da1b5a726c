"""Every door of the house: pages for people, the API for apps, admin for operators."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("memories.api.urls")),  # first, because apps call more often than people click
    path("", include("memories.pages.urls")),
    path("", include("accounts.pages.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("health/", include("memoryhub.health")),
]

handler400 = "memoryhub.errors.bad_request"
handler403 = "memoryhub.errors.forbidden"
handler404 = "memoryhub.errors.not_found"
handler500 = "memoryhub.errors.server_error"
