"""What an organisation brings besides its signature: domains, policies, key contacts, the ISA's own list (OP 6.1)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, request

from compliance.kernel.context import work
from policies.permissions import Permission
from signatories import use_cases
from signatories.assurance import use_cases as assuring
from signatories.assurance.queries import AssuranceRow
from signatories.assurance.rules import Currency

from .access import guarded, scoped
from .reading import Body, Code, Day, Line, Prose, Reference, file_sent, parse, parse_form, parse_nothing, parse_query
from .replies import Reply, changed, present

assurance = Blueprint("assurance", __name__, url_prefix="/api/v1/organisations/<uuid:organisation_id>")
assured = Blueprint("assured", __name__, url_prefix="/api/v1/assurance")


class Domain(Body):
    domain: Reference


class PolicyDocument(Body):
    kind: Code
    title: Line
    owner: Line
    dated_on: Day
    next_review_on: Day
    link: Prose | None = None


class AssuranceWanted(Body):
    search: Line | None = None
    sector: Line | None = None
    state: Currency | None = None


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


@assured.get("")
@guarded(Permission.REGISTER_READ)
@scoped("registers:read")
def list_assurance() -> Reply:
    """How current every organisation's policies are today: asked before anything is shared (SIG-11)."""
    asked = parse_query(AssuranceWanted)
    with work() as ctx:
        rows = assuring.view_assurance(ctx, search=asked.search, sector=asked.sector, state=asked.state)
    return present({"items": [_assurance(row) for row in rows]})


@assurance.get("/assurance")
@guarded(Permission.REGISTER_READ)
@scoped("registers:read")
def read_assurance(organisation_id: UUID) -> Reply:
    """How current one organisation's policies are today (SIG-11)."""
    with work() as ctx:
        row = assuring.view_assurance_of(ctx, organisation_id)
    return present(_assurance(row))


@assurance.post("/policies")
@guarded(Permission.POLICY_DOCUMENT_RECORD, upload=True)
def record_policy_document(organisation_id: UUID) -> Reply:
    """Record a safeguarding or data-protection policy; it replaces the one of its kind before it (SIG-11).

    As JSON, with a `link` to where it is published or without; or as a form, with the policy as its `file`.
    """
    name = content = None
    if request.mimetype == "multipart/form-data":
        body = parse_form(PolicyDocument, "file")
        name, content = file_sent("file")
    else:
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
            link=body.link,
            file_name=name,
            file=content,
        )
    said = {"id": row.id, "organisation_id": organisation_id, "kind": row.kind, "next_review_on": row.next_review_on,
            "link": row.link}  # fmt: skip
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


@assurance.post("/contacts/<uuid:contact_id>/end")
@guarded(Permission.CONTACT_MANAGE)
def end_key_contact(organisation_id: UUID, contact_id: UUID) -> Reply:
    """Take somebody off the register of key contacts (LIC-10)."""
    parse_nothing()
    with work() as ctx:
        row = use_cases.end_key_contact(ctx, contact_id, organisation_id=organisation_id)
    return changed(ctx, {"id": row.id, "organisation_id": row.organisation_id, "ended_at": row.ended_at})


def _assurance(row: AssuranceRow) -> dict[str, Any]:
    return {
        "organisation_id": row.organisation.id,
        "code": row.organisation.code,
        "name": row.organisation.name,
        "signatory": row.organisation.signatory,
        "state": row.currency,
        "until": row.until,
        "policies": [
            {"kind": kind, "state": each.currency, "next_review_on": each.review_on, "until": each.until}
            for kind, each in row.policies.items()
        ],
    }
