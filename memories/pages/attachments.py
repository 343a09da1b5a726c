"""What came with messages, as it came: shown if it is an image, handed out as a file if not."""

from __future__ import annotations

import mimetypes
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.middleware import PageRequest
from memories.models import Attachment
from memories.models.attachment import AttachmentQuerySet


@require_safe
def attachment_content(request: PageRequest, attachment_id: UUID) -> HttpResponse:
    """Return the bytes of an attachment. A stranger sent them: nothing in them may run, here or in a new tab."""
    attachment = get_object_or_404(attachments_in_reach(request).exclude(content=None), pk=attachment_id)
    response = HttpResponse(bytes(attachment.content or b""), content_type=attachment.media_type)
    place = "inline" if attachment.is_image else "attachment"
    response["Content-Disposition"] = f'{place}; filename="{_file_name(attachment)}"'
    # The style is what browsers put around an image that is opened by itself.
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def attachments_in_reach(request: PageRequest) -> AttachmentQuerySet:
    """Return the attachments of the project the person works in."""
    return Attachment.objects.for_principal(request.principal).in_project(request.project)


def _file_name(attachment: Attachment) -> str:
    kind = attachment.media_type.partition(";")[0]
    ending = ".mdx" if attachment.kind == Attachment.Kind.MDX else mimetypes.guess_extension(kind) or ""
    return f"{attachment.pk}{ending}"
