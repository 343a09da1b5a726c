"""Taking a name out of what stays when its bearer goes."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import ApiKey
from memories.models import AccessLog, ProfileRequest
from memories.services.erasure.naming import exports_naming, filters_naming, reads_naming
from memories.services.erasure.traces import Traces

# Not empty: a key without a limit would reach everybody.
NOBODY = "[erased]"


def erase_names(traces: Traces) -> None:
    """Remove what names an entity that is being erased, and revoke the keys that reach nobody else."""
    exports_naming(traces).delete()
    filters_naming(traces).delete()
    if not traces.is_person:
        return
    AccessLog.objects.filter(reads_naming(traces)).delete()
    ProfileRequest.objects.filter(project__in=traces.projects, end_user_name=traces.name).delete()
    keys = ApiKey.objects.filter(project__in=traces.projects, end_user_name=traces.name)
    keys.active().update(revoked_at=timezone.now())
    keys.update(end_user_name=NOBODY)
