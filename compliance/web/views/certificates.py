"""Certificates of signatures, and how anybody can check one, signed in or not (SIG-2)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint

from compliance.kernel.context import house, work
from compliance.kernel.errors import NotFound
from compliance.kernel.secrets import KeyRing
from compliance.papers.issuing import issue
from compliance.web.access import guarded, open_door
from compliance.web.replies import Reply, attachment, show
from policies.permissions import Permission
from signatories.certificates import use_cases
from signatories.models import Signature

pages = Blueprint("certificates", __name__)

PEM = "application/x-pem-file"


@pages.get("/organisations/<uuid:organisation_id>/signatures/<uuid:signature_id>/certificate.pdf")
@guarded(Permission.EVIDENCE_READ)
def certificate(organisation_id: UUID, signature_id: UUID) -> Reply:
    """The certificate of one signature, as a signed PDF."""
    with work() as ctx:
        document = use_cases.certify(ctx, signature_id)
        if ctx.session.get_one(Signature, signature_id).organisation_id != organisation_id:
            raise NotFound()
    file = issue(house(), document)
    return attachment(file.content, file.media_type, file.file_name)


@pages.get("/certificates")
@open_door
def how_to_check() -> Reply:
    """How to tell that a document is ours and untouched, and the fingerprints of the keys that sign."""
    keys = house().the(KeyRing).papers
    return show("certificates.html", newest=keys[0].fingerprint, older=[key.fingerprint for key in keys[1:]])


@pages.get("/certificates/signing.pem")
@open_door
def signing() -> Reply:
    """Every certificate by which our documents are checked, the one that signs now first."""
    held = "".join(key.certificate for key in house().the(KeyRing).papers)
    return attachment(held.encode(), PEM, "marac-hub-signing.pem")
