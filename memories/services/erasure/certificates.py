"""Success is told only when every store has confirmed; and for whoever asks later, in writing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.models import AuditEntry
from memories.models import ErasureCertificate
from memories.models.entities import NamedScope
from memories.services.changes import Actor
from memories.services.erasure.fingerprints import mark_name
from memories.services.erasure.stores import STORES, counted
from memories.services.erasure.traces import Traces


class NotErased(Exception):
    """Some store still holds what was to be erased; the transaction is undone, so everything is as before."""

    def __init__(self, left: Mapping[str, int]) -> None:
        self.left = dict(left)
        stores = ", ".join(f"{label}: {count}" for label, count in left.items())
        super().__init__(f"Nothing was erased, because not everything could be: {stores}.")


def confirm(traces: Traces) -> None:
    """Ask every store whether anything is left; raise NotErased if so. Call it in the transaction that erases."""
    if left := counted(traces):
        raise NotErased(left)


def certify(entity: NamedScope, *, traces: Traces, counts: Mapping[str, int], actor: Actor) -> ErasureCertificate:
    """Write the certificate, the audit entry and the tombstone of the erasure of `entity`.

    `counts` says how much there was. That nothing is left, `confirm` finds out before the transaction can end.
    """
    erased = {store.label: {"erased": counts.get(store.label, 0), "left": 0} for store in STORES}
    certificate = ErasureCertificate.objects.create(
        project_id=entity.project_id,
        subject=traces.field,
        object_id=entity.pk,
        digest=mark_name(entity).digest,
        actor=actor.label,
        counts=erased,
    )
    AuditEntry.objects.create(
        project_id=entity.project_id,
        action="entity.erase",
        object_type=traces.field,
        object_id=str(entity.pk),
        actor=actor.label,
        details={"memories": certificate.memories, "certificate": str(certificate.pk)},
    )
    return certificate


def certificate_shape(certificate: ErasureCertificate) -> dict[str, Any]:
    """Return a certificate as JSON has it. Who knows the name can have it hashed to see that it is this one."""
    return {
        "id": str(certificate.pk),
        "project_id": str(certificate.project_id),
        "subject": certificate.subject,
        "subject_id": str(certificate.object_id),
        "name_hash": certificate.digest,
        "erased_at": certificate.created_at.isoformat().replace("+00:00", "Z"),
        "erased_by": certificate.actor,
        "stores": certificate.counts,
        "total_erased": sum(count["erased"] for count in certificate.counts.values()),
        "total_left": sum(count["left"] for count in certificate.counts.values()),
    }
