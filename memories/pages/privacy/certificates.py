"""Certificates of erasure, and the way to another."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from accounts.authority import may_administer
from accounts.middleware import PageRequest
from memories.models import EndUser, ErasureCertificate
from memories.services.erasure.certificates import certificate_shape
from memories.services.erasure.stores import titles

PAGE_SIZE = 50
MOST_NAMES = 500


@require_safe
def erasure_list(request: PageRequest) -> HttpResponse:
    """List the project's certificates; for those who may erase, lead to the end user whom they name."""
    people = EndUser.objects.for_principal(request.principal).in_project(request.project)
    name, error = request.GET.get("name", ""), ""
    if name:
        if person := people.filter(name=name).first() or people.filter(name=name.strip()).first():
            return redirect("person_erase", person.pk)
        error = gettext("There is no end user “%(name)s” in this project.") % {"name": name}
    certificates = ErasureCertificate.objects.for_principal(request.principal).in_project(request.project)
    editable = may_administer(request.principal, request.project)
    context = {
        "page": Paginator(certificates, PAGE_SIZE).get_page(request.GET.get("page")),
        "editable": editable,
        "names": people.order_by("name").values_list("name", flat=True)[:MOST_NAMES] if editable else [],
        "name": name,
        "error": error,
    }
    return render(request, "privacy/certificates.html", context, status=404 if error else 200)


@require_safe
def erasure_detail(request: PageRequest, certificate_id: UUID) -> HttpResponse:
    """Show one certificate."""
    certificate = _in_reach(request, certificate_id)
    # The database doesn't keep the order of the stores.
    names = {**titles(), **{label: label for label in certificate.counts if label not in titles()}}
    counted = ((name, certificate.counts.get(label)) for label, name in names.items())
    counts = [(name, n["erased"], n["left"]) for name, n in counted if n]
    return render(request, "privacy/certificate.html", {"certificate": certificate, "counts": counts})


@require_safe
def erasure_download(request: PageRequest, certificate_id: UUID) -> HttpResponse:
    """Return a certificate as JSON, as a file."""
    certificate = _in_reach(request, certificate_id)
    headers = {"Content-Disposition": f'attachment; filename="erasure-{certificate.pk}.json"'}
    return JsonResponse(certificate_shape(certificate), headers=headers)


def _in_reach(request: PageRequest, certificate_id: UUID) -> ErasureCertificate:
    mine = ErasureCertificate.objects.for_principal(request.principal).in_project(request.project)
    return get_object_or_404(mine, pk=certificate_id)
