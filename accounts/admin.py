"""Accounts in Django admin."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import (
    ApiKey,
    AuditEntry,
    Membership,
    Organization,
    Project,
    ProjectMembership,
    RequestCount,
    User,
)
from accounts.models.api_key import ApiKeyQuerySet
from accounts.services.keys import revoke_key


@admin.register(User)
class UserAdmin(DjangoUserAdmin[User]):
    """Users, by address."""

    ordering = ["email"]
    list_display = ["email", "is_active", "is_staff", "last_login", "date_joined"]
    search_fields = ["email"]
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        (_("Name"), {"fields": ["first_name", "last_name"]}),
        (_("Permissions"), {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"classes": ["wide"], "fields": ["email", "password1", "password2"]})]


class MembershipInline(admin.TabularInline[Membership, Organization]):
    """Who belongs to an organization."""

    model = Membership
    extra = 0
    autocomplete_fields = ["user"]


@admin.register(Organization)
class OrganizationAdmin(admin.ModelAdmin[Organization]):
    """Organizations with their members."""

    list_display = ["name", "id", "created_at"]
    search_fields = ["name", "id"]
    inlines = [MembershipInline]


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin[Membership]):
    """Roles."""

    list_display = ["user", "organization", "role"]
    list_filter = ["role"]
    search_fields = ["user__email", "organization__name"]
    autocomplete_fields = ["user", "organization"]


@admin.register(ProjectMembership)
class ProjectMembershipAdmin(admin.ModelAdmin[ProjectMembership]):
    """Roles in single projects."""

    list_display = ["user", "project", "role"]
    list_filter = ["role"]
    search_fields = ["user__email", "project__name"]
    autocomplete_fields = ["user", "project"]


@admin.register(Project)
class ProjectAdmin(admin.ModelAdmin[Project]):
    """Projects, with their limits."""

    list_display = ["name", "organization", "is_default", "rate_limit", "memory_quota", "monthly_add_quota", "id"]
    search_fields = ["name", "id", "organization__name"]
    autocomplete_fields = ["organization"]


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin[ApiKey]):
    """Keys can be looked at, limited and revoked; the keys page issues them, where their secret can be shown."""

    list_display = ["name", "prefix", "project", "scope", "rate_limit", "last_used_at", "revoked_at"]
    list_filter = ["scope"]
    search_fields = ["name", "prefix"]
    readonly_fields = ["prefix", "project", "scope", "end_user_name", "created_by", "last_used_at", "revoked_at"]
    actions = ["revoke"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: a key made here could never be shown."""
        return False

    @admin.action(description=_("Revoke the selected keys"))
    def revoke(self, request: HttpRequest, queryset: ApiKeyQuerySet) -> None:
        """Stop the keys from working."""
        for key in queryset.active():
            revoke_key(key=key, actor=str(request.user))


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin[AuditEntry]):
    """Who did what: to look at, and never to change."""

    list_display = ["created_at", "action", "object_type", "object_id", "actor", "project", "organization"]
    list_filter = ["action"]
    search_fields = ["object_id", "actor"]
    list_select_related = ["project", "organization"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        """Refuse; the view permission still shows the row."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        """Refuse."""
        return False


@admin.register(RequestCount)
class RequestCountAdmin(admin.ModelAdmin[RequestCount]):
    """Who is calling how often. Deleting a row lets its key or project begin anew."""

    list_display = ["subject", "count", "window_start"]
    search_fields = ["subject"]
    ordering = ["-count"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: rows come of calls."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: RequestCount | None = None) -> bool:
        """Refuse; the view permission still shows the row."""
        return False
