"""Certificates of signatures, as signed PDF (SIG-2)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response

from compliance.kernel.context import house, work
from compliance.papers.issuing import issue
from policies.permissions import Permission
from signatories.certificates import use_cases

from .access import guarded
from .replies import Reply

certificates = Blueprint("certificates", __name__, url_prefix="/api/v1/signatures")


@certificates.get("/<uuid:signature_id>/certificate")
@guarded(Permission.EVIDENCE_READ)
def certificate(signature_id: UUID) -> Reply:
    """What the register and the log hold on one signature, as a PDF that bears our own signature."""
    with work() as ctx:
        document = use_cases.certify(ctx, signature_id)
    file = issue(house(), document)
    response = Response(file.content, content_type=file.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=file.file_name)
    response.headers["Cache-Control"] = "no-store"
    return response
