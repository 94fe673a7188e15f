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
from signatories.reviews import use_cases as reviewing
from signatories.reviews.queries import ReviewRow

from .access import guarded, scoped
from .reading import Body, Code, Day, Line, Prose, file_sent, parse, parse_form
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


class Published(Body):
    label: Code
    effective_on: Day
    resign_by: Day | None = None


class Reviewed(Body):
    due_on: Day
    held_on: Day
    useful: bool
    fit_for_purpose: bool
    issues: Prose
    decision: Code
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


@instruments.get("/reviews")
@guarded(Permission.REGISTER_READ)
@scoped("registers:read")
def list_reviews() -> Reply:
    """The calendar of reviews: `held`, `overdue`, `due` and the next `coming`, with what was found (SIG-10)."""
    with work() as ctx:
        rows = reviewing.view_reviews(ctx)
    return present({"items": [_review(row) for row in rows]})


@instruments.post("/<code>/reviews")
@guarded(Permission.REVIEW_RECORD)
def record_review(code: str) -> Reply:
    """Record what the review due on a day found and concluded; to terminate ends nothing by itself (SIG-10)."""
    body = parse(Reviewed)
    with work() as ctx:
        review = reviewing.record_review(ctx, code, **dict(body))
    return changed(ctx, {"id": review.id, "instrument": code, **dict(body)}, 201, revision=review.revision)


@instruments.post("/<code>/versions")
@guarded(Permission.INSTRUMENT_PUBLISH, upload=True)
def publish_version(code: str) -> Reply:
    """Publish a version, after a fresh code: a form with its file (SIG-2, SIG-4)."""
    body = parse_form(Published, "file")
    name, content = file_sent("file")
    with work() as ctx:
        version = use_cases.publish_version(
            ctx,
            instrument=code,
            label=body.label,
            file_name=name,
            content=content,
            effective_on=body.effective_on,
            resign_by=body.resign_by,
        )
    said = {
        "id": version.id,
        "instrument": code,
        "label": version.label,
        "sha256": version.sha256,
        "effective_on": version.effective_on,
        "resign_by": version.resign_by,
    }
    return changed(ctx, said, 201, revision=version.revision)


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


def _review(row: ReviewRow) -> dict[str, Any]:
    found = row.review
    return {
        "instrument": row.instrument,
        "due_on": row.due_on,
        "opens_on": row.opens_on,
        "state": row.progress,
        "held_on": found.held_on if found else None,
        "useful": found.useful if found else None,
        "fit_for_purpose": found.fit_for_purpose if found else None,
        "issues": found.issues if found else None,
        "decision": found.decision if found else None,
        "reasons": found.reasons if found else None,
        "recorded_by": row.recorded_by,
    }


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
