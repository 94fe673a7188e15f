"""What an organisation brings besides its signature: domains, policies, key contacts, the ISA's own list (OP 6.1)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint

from compliance.kernel.context import work
from policies.permissions import Permission
from signatories import use_cases

from .access import guarded
from .reading import Body, Code, Day, Line, Reference, parse
from .replies import Reply, changed

assurance = Blueprint("assurance", __name__, url_prefix="/api/v1/organisations/<uuid:organisation_id>")


class Domain(Body):
    domain: Reference


class PolicyDocument(Body):
    kind: Code
    title: Line
    owner: Line
    dated_on: Day
    next_review_on: Day


class Contact(Body):
    kind: Code
    name: Line
    email: Line
    telephone: Code | None = None


class IsaCheck(Body):
    found: bool
    source: Reference | None = None


@assurance.post("/domains")
@guarded(Permission.DOMAIN_MANAGE)
def add_domain(organisation_id: UUID) -> Reply:
    """Register a mail domain as the organisation's own (LIC-2)."""
    body = parse(Domain)
    with work() as ctx:
        row = use_cases.add_domain(ctx, organisation_id, body.domain)
    return changed(ctx, {"id": row.id, "organisation_id": organisation_id, "domain": row.domain}, 201)


@assurance.post("/policies")
@guarded(Permission.POLICY_DOCUMENT_RECORD)
def record_policy_document(organisation_id: UUID) -> Reply:
    """Record a safeguarding or data-protection policy; it replaces the one of its kind before it (SIG-11)."""
    body = parse(PolicyDocument)
    with work() as ctx:
        row = use_cases.record_policy_document(
            ctx,
            organisation_id,
            kind=body.kind,
            title=body.title,
            owner=body.owner,
            dated_on=body.dated_on,
            next_review_on=body.next_review_on,
        )
    said = {"id": row.id, "organisation_id": organisation_id, "kind": row.kind, "next_review_on": row.next_review_on}
    return changed(ctx, said, 201)


@assurance.post("/contacts")
@guarded(Permission.CONTACT_MANAGE)
def name_key_contact(organisation_id: UUID) -> Reply:
    """Record whom the hub rings at the organisation (LIC-10)."""
    body = parse(Contact)
    with work() as ctx:
        row = use_cases.name_key_contact(
            ctx, organisation_id, kind=body.kind, name=body.name, email=body.email, telephone=body.telephone
        )
    return changed(ctx, {"id": row.id, "organisation_id": organisation_id, "kind": row.kind}, 201)


@assurance.post("/isa-checks")
@guarded(Permission.ISA_CHECK_RECORD)
def record_isa_check(organisation_id: UUID) -> Reply:
    """Record that the partnership's own list of ISA signatories was looked at, and what it said (SIG-12)."""
    body = parse(IsaCheck)
    with work() as ctx:
        row = use_cases.record_isa_check(ctx, organisation_id, found=body.found, source=body.source)
    said = {"id": row.id, "organisation_id": organisation_id, "found": row.found, "checked_at": row.checked_at}
    return changed(ctx, said, 201)
