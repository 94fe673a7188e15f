"""Decisions to share and requests for re-use, told and asked from the case system (SHA-1, SHA-2), and the confidentiality
statement (SHA-4).

`person` is on whose behalf the case system acts, our id or a registered address; somebody signed in acts for themselves.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint
from pydantic import AwareDatetime

from compliance.kernel.context import Context, work
from compliance.sharing import queries as decisions
from compliance.sharing import use_cases as sharing
from compliance.sharing.models import SharingDecision
from compliance.sharing.reuse import queries as requests
from compliance.sharing.reuse import use_cases as reuse
from compliance.sharing.statement import queries as statement
from compliance.sharing.statement import use_cases as acknowledging
from policies.permissions import Permission

from .access import guarded, scoped, signed_in
from .idempotency import once
from .reading import Body, Code, Line, Prose, Reference, parse
from .replies import Reply, changed, present

sharing_routes = Blueprint("sharing", __name__, url_prefix="/api/v1")


class Decision(Body):
    """`decision` is `share` or `not_share`; `basis` a code of `policies/lawful_bases.toml` that goes with it."""

    reference: Reference
    decision: Code
    basis: Code
    words: Prose
    person: Line | None = None
    organisation_id: UUID | None = None
    with_organisation_id: UUID | None = None
    decided_at: AwareDatetime | None = None


@sharing_routes.post("/sharing-decisions")
@guarded(Permission.SHARING_RECORD)
@scoped("sharing")
def record_sharing_decision() -> Reply:
    """Record a decision to share, or not to, with its reason and lawful basis. The reason does not come back."""
    body = parse(Decision)
    said = sharing.Decided(
        body.reference, body.decision, body.basis, body.words, body.with_organisation_id, body.decided_at,
        body.person, body.organisation_id,
    )  # fmt: skip

    def act(ctx: Context) -> Any:
        told = _decision(sharing.decide(ctx, said))
        return lambda: changed(ctx, told, 201)

    return once(act)


class Request(Body):
    """`purpose` is a code of `policies/reuse_purposes.toml`; `supplier_id` the organisation that gave the information."""

    reference: Reference
    supplier_id: UUID
    purpose: Code
    words: Prose
    person: Line | None = None
    organisation_id: UUID | None = None


@sharing_routes.post("/reuse-requests")
@guarded(Permission.REUSE_ASK)
@scoped("sharing")
def ask_for_reuse() -> Reply:
    """Ask the organisation that supplied information whether it may be used for something else. It may not until it says so."""
    body = parse(Request)
    said = reuse.Asked(body.reference, body.supplier_id, body.purpose, body.words, body.person, body.organisation_id)

    def act(ctx: Context) -> Any:
        made = reuse.ask(ctx, said)
        told, revision = _request(reuse.opened(ctx, made)), made.revision
        return lambda: changed(ctx, told, 201, revision=revision)

    return once(act)


@sharing_routes.get("/reuse-requests/<uuid:request_id>")
@guarded(Permission.REUSE_ASK, Permission.REUSE_READ)
@scoped("sharing")
def show_reuse_request(request_id: UUID) -> Reply:
    """One request, where it stands, and what was answered. `usable` says whether the information may be used for it now."""
    with work() as ctx:
        whole = reuse.view(ctx, request_id)
        said = _request(whole)
    return present(said, revision=whole.request.revision)


@sharing_routes.get("/confidentiality-statement")
@signed_in
@scoped("sharing")
def show_statement() -> Reply:
    """The version of the confidentiality statement that is in force; to somebody signed in, when they acknowledged it."""
    with work() as ctx:
        version = statement.current(ctx)
        me = ctx.actor.person_id
        mine = statement.acknowledgement(ctx, version.id, me) if me else None
        said: dict[str, Any] = {
            "version": version.number, "published_at": version.published_at, "digest": version.digest,
            "words": version.words,
        }  # fmt: skip
        if me is not None:
            said["acknowledged_at"] = mine.acknowledged_at if mine else None
    return present(said)


class Acknowledgement(Body):
    version: int


@sharing_routes.post("/confidentiality-statement/acknowledgements")
@guarded(Permission.STATEMENT_ACKNOWLEDGE)
def acknowledge_statement() -> Reply:
    """Say that one has read this version and keeps to it; said twice, it is said once."""
    body = parse(Acknowledgement)

    def act(ctx: Context) -> Any:
        made = acknowledging.acknowledge(ctx, body.version)
        told = {"version": body.version, "acknowledged_at": made.acknowledged_at}
        return lambda: changed(ctx, told, 201)

    return once(act)


def _decision(made: SharingDecision) -> dict[str, Any]:
    return {
        "id": made.id,
        "number": decisions.called(made),
        "reference": made.reference,
        "decision": made.decision,
        "basis": made.basis,
        "organisation_id": made.organisation_id,
        "with_organisation_id": made.with_organisation_id,
        "person_id": made.decided_by,
        "decided_at": made.decided_at,
    }


def _request(whole: reuse.Opened) -> dict[str, Any]:
    request = whole.request
    return {
        "id": request.id,
        "number": requests.called(request),
        "reference": request.reference,
        "purpose": request.purpose,
        "supplier_id": request.supplier_id,
        "asking_organisation_id": request.asking_organisation_id,
        "person_id": request.asked_by,
        "asked_at": request.asked_at,
        "answer_by": request.answer_by,
        "state": request.status,
        "usable": request.status in ("permitted", "relied_on"),
        "override": request.override,
        "answer": whole.answer,
        "ended_at": request.ended_at,
    }
