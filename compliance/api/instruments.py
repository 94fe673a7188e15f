"""What organisations sign: the versions, their exact files, and signing or refusing one (SIG-2, SIG-5, SIG-12)."""

from __future__ import annotations

import base64
from typing import Any
from uuid import UUID

from flask import Blueprint, Response

from compliance.kernel.clock import london_date
from compliance.kernel.context import work
from policies.permissions import Permission
from signatories import queries, use_cases
from signatories.models import Signature

from .access import guarded, scoped
from .reading import Body, Day, Line, Prose, file_sent, parse, parse_form
from .replies import Reply, changed, present

instruments = Blueprint("instruments", __name__, url_prefix="/api/v1/instruments")


class Signed(Body):
    organisation_id: UUID
    name: Line
    role: Line


class SignedOnPaper(Signed):
    signed_on: Day


class Refused(Body):
    organisation_id: UUID
    reasons: Prose


@instruments.get("")
@guarded(Permission.REGISTER_READ)
@scoped("registers:read")
def list_instruments() -> Reply:
    """Every instrument with its versions, and which of them is in force today."""
    with work() as ctx:
        today = london_date(ctx.now())
        versions = queries.versions(ctx)
        instruments_: dict[str, dict[str, Any]] = {}
        for version in versions:
            told = instruments_.setdefault(
                version.instrument.code,
                {
                    "code": version.instrument.code,
                    "title": version.instrument.title,
                    "source": version.instrument.source,
                    "versions": [],
                },
            )
            told["versions"].append(
                {
                    "id": version.id,
                    "label": version.label,
                    "sha256": version.sha256,
                    "effective_on": version.effective_on,
                    "resign_by": version.resign_by,
                    "in_force": False,
                }
            )
        for told in instruments_.values():
            begun = [version for version in told["versions"] if version["effective_on"] <= today]
            for version in begun[-1:]:
                version["in_force"] = True
    return present({"items": list(instruments_.values())})


@instruments.get("/versions/<uuid:version_id>/document")
@guarded(Permission.INSTRUMENT_OPEN)
def open_version(version_id: UUID) -> Reply:
    """The exact file, as it was published; that it was opened in this sign-in is kept (SIG-2)."""
    with work() as ctx:
        document = use_cases.open_version(ctx, version_id)
        content, name, media_type, sha256 = document.content, document.file_name, document.media_type, document.sha256
    response = Response(content, content_type=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Repr-Digest"] = f"sha-256=:{base64.b64encode(bytes.fromhex(sha256)).decode()}:"
    response.set_etag(sha256)
    return response


@instruments.post("/versions/<uuid:version_id>/signatures")
@guarded(Permission.INSTRUMENT_SIGN)
def sign(version_id: UUID) -> Reply:
    """Sign one exact version for an organisation, after a fresh code and having opened it in this sign-in (SIG-2)."""
    body = parse(Signed)
    with work() as ctx:
        signature = use_cases.sign(ctx, body.organisation_id, version_id, name=body.name, role=body.role)
    return changed(ctx, _signature(signature), 201, revision=signature.revision)


@instruments.post("/versions/<uuid:version_id>/paper-signatures")
@guarded(Permission.SIGNATURE_RECORD_PAPER, upload=True)
def record_paper_signature(version_id: UUID) -> Reply:
    """Record what an organisation signed on paper: a form with its scan (SIG-2)."""
    body = parse_form(SignedOnPaper, "scan")
    name, content = file_sent("scan")
    with work() as ctx:
        signature = use_cases.record_paper_signature(
            ctx,
            body.organisation_id,
            version_id,
            name=body.name,
            role=body.role,
            signed_on=body.signed_on,
            scan_name=name,
            scan=content,
        )
    return changed(ctx, _signature(signature), 201, revision=signature.revision)


@instruments.post("/versions/<uuid:version_id>/refusals")
@guarded(Permission.INSTRUMENT_REFUSE, Permission.REFUSAL_RECORD)
def refuse_to_sign(version_id: UUID) -> Reply:
    """Record that an organisation will not sign, and why (SIG-5)."""
    body = parse(Refused)
    with work() as ctx:
        refusal = use_cases.refuse_to_sign(ctx, body.organisation_id, version_id, reasons=body.reasons)
    said = {
        "id": refusal.id,
        "organisation_id": refusal.organisation_id,
        "version_id": version_id,
        "reasons": refusal.reasons,
        "refused_at": refusal.refused_at,
    }
    return changed(ctx, said, 201, revision=refusal.revision)


def _signature(signature: Signature) -> dict[str, Any]:
    return {
        "id": signature.id,
        "organisation_id": signature.organisation_id,
        "version_id": signature.version_id,
        "document_sha256": signature.document_sha256,
        "name": signature.signed_name,
        "role": signature.signed_role,
        "method": signature.method,
        "signed_at": signature.signed_at,
    }
