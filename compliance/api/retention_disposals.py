"""Holds, manifests and certificates by API, for the hub's and information governance's own sign-ins (RET-5, RET-6, RET-8)."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint
from pydantic import Field

from audit.lists import ListViewed
from audit.record import record
from compliance.kernel.context import Context, work
from policies.permissions import Permission
from retention.disposals import candidates, certificates, listing, use_cases
from retention.disposals import queries as disposals
from retention.disposals.models import DisposalItem, DisposalManifest
from retention.disposals.rules import called
from retention.holds import queries as holds
from retention.holds import use_cases as holding
from retention.holds.models import RetentionHold

from .access import guarded
from .idempotency import once
from .places import After, marked
from .reading import Body, Code, Day, Line, Prose, Reference, parse, parse_nothing, parse_query
from .replies import Reply, changed, present

retention_disposals = Blueprint("retention_disposals_api", __name__, url_prefix="/api/v1/retention")

_MOST_RECORDS = 1000


class WantedHolds(Body):
    which: holds.Which = holds.Which.IN_FORCE
    ground: Code | None = None
    reach: Code | None = None
    search: Line | None = None
    sort: Code | None = None
    after: After | None = None
    limit: Annotated[int, Field(ge=1, le=holds.MOST)] = 50


class Placed(Body):
    """`reach` is one of `record`, `subject`, `organisation` (its id) and `kind`; `value` what of it is held."""

    ground: Code
    reach: Code
    value: Reference
    reason: Prose
    review_on: Day


class Lifted(Body):
    reason: Prose


class WantedCandidates(Body):
    which: candidates.Which = candidates.Which.NOW
    organisation_id: UUID | None = None
    group: Annotated[int, Field(ge=1, le=3)] | None = None
    search: Line | None = None
    sort: Code | None = None
    after: After | None = None
    limit: Annotated[int, Field(ge=1, le=candidates.MOST)] = 50


class WantedManifests(Body):
    which: listing.Which = listing.Which.OPEN
    search: Line | None = None
    sort: Code | None = None
    after: After | None = None
    limit: Annotated[int, Field(ge=1, le=listing.MOST)] = 50


class Proposed(Body):
    """`records` are the ids of records whose review decided that they go."""

    records: Annotated[list[UUID], Field(min_length=1, max_length=_MOST_RECORDS)]
    reason: Prose


class WantedCertificates(Body):
    method: Code | None = None
    group: Annotated[int, Field(ge=1, le=3)] | None = None
    since: Day | None = None
    until: Day | None = None
    search: Line | None = None
    sort: Code | None = None
    after: After | None = None
    limit: Annotated[int, Field(ge=1, le=listing.MOST)] = 50


@retention_disposals.get("/holds")
@guarded(Permission.RETENTION_READ)
def list_holds() -> Reply:
    """The holds, those to be looked at first at the head unless sorted otherwise."""
    asked = parse_query(WantedHolds)
    with work() as ctx:
        page = holds.holds(ctx, **asked.model_dump())
        record(ctx, ListViewed(what="holds", rows=len(page.rows)))
        items = [_hold(row.hold) | {"names": row.names, "placed_by_name": row.placed_by} for row in page.rows]
    return present({"items": items, "next": marked(page.after)})


@retention_disposals.post("/holds")
@guarded(Permission.HOLD_PLACE)
def place_hold() -> Reply:
    """Keep what this names whatever its time, until somebody lifts it."""
    body = parse(Placed)

    def act(ctx: Context) -> Any:
        hold = holding.place(ctx, **body.model_dump())
        said = _hold(hold) | {"records": holds.reached(ctx, hold.reach, hold.value).kept}
        return lambda: changed(ctx, said, 201)

    return once(act)


@retention_disposals.post("/holds/<uuid:hold_id>/lifting")
@guarded(Permission.HOLD_LIFT)
def lift_hold(hold_id: UUID) -> Reply:
    """Let what a hold names go its way again."""
    body = parse(Lifted)

    def act(ctx: Context) -> Any:
        said = _hold(holding.lift(ctx, hold_id, reason=body.reason))
        return lambda: changed(ctx, said)

    return once(act)


@retention_disposals.get("/candidates")
@guarded(Permission.RETENTION_READ)
def list_candidates() -> Reply:
    """Records whose review decided that they go, and what stands in the way of each now."""
    asked = parse_query(WantedCandidates)
    with work() as ctx:
        page = candidates.candidates(ctx, **asked.model_dump())
        record(ctx, ListViewed(what="records-to-dispose-of", rows=len(page.rows)))
        items = [
            {
                "id": row.record.id,
                "reference": row.record.reference,
                "groups": [int(each) for each in row.record.groups.split()],
                "rule": row.line.rule if row.line else None,
                "minimum_ended_on": row.line.minimum_ended_on if row.line else None,
                "decided_at": row.decided_at,
                "in_the_way": row.obstacle,
            }
            for row in page.rows
        ]
    return present({"items": items, "next": marked(page.after)})


@retention_disposals.get("/manifests")
@guarded(Permission.RETENTION_READ)
def list_manifests() -> Reply:
    """Manifests of disposal, the newest first unless sorted otherwise."""
    asked = parse_query(WantedManifests)
    with work() as ctx:
        page = listing.manifests(ctx, **asked.model_dump())
        record(ctx, ListViewed(what="disposals", rows=len(page.rows)))
        items = [_manifest(row.manifest) | {"counted": dict(row.counted), "late": row.late} for row in page.rows]
    return present({"items": items, "next": marked(page.after)})


@retention_disposals.post("/manifests")
@guarded(Permission.DISPOSAL_PROPOSE)
def propose_manifest() -> Reply:
    """Freeze records on a manifest, and ask a second person to agree; they do that at `/api/v1/proposals`."""
    body = parse(Proposed)

    def act(ctx: Context) -> Any:
        manifest = use_cases.propose(ctx, body.records, reason=body.reason)
        said = _manifest(manifest) | {"lines": [_line(each) for each in disposals.items_of(ctx, manifest.id)]}
        return lambda: changed(ctx, said, 201)

    return once(act)


@retention_disposals.get("/manifests/<uuid:manifest_id>")
@guarded(Permission.RETENTION_READ)
def read_manifest(manifest_id: UUID) -> Reply:
    """A manifest with everything on it, and what was left out of it and why."""
    with work() as ctx:
        manifest = disposals.visible(ctx, manifest_id)
        lines = disposals.items_of(ctx, manifest.id)
        record(ctx, ListViewed(what="disposal", rows=len(lines)))
        said = _manifest(manifest) | {"lines": list(map(_line, lines))}
    return present(said, revision=manifest.revision)


@retention_disposals.delete("/manifests/<uuid:manifest_id>")
@guarded(Permission.DISPOSAL_PROPOSE)
def call_manifest_off(manifest_id: UUID) -> Reply:
    """Dispose of nothing by a manifest, as long as the case system was not told."""
    parse_nothing()

    def act(ctx: Context) -> Any:
        said = _manifest(use_cases.call_off(ctx, manifest_id))
        return lambda: changed(ctx, said)

    return once(act)


@retention_disposals.get("/certificates")
@guarded(Permission.RETENTION_READ)
def list_certificates() -> Reply:
    """The register of certificates, the newest first unless sorted otherwise."""
    asked = parse_query(WantedCertificates)
    with work() as ctx:
        page = listing.certificates(ctx, **asked.model_dump())
        record(ctx, ListViewed(what="certificates-of-disposal", rows=len(page.rows)))
        items = [_line(row.item) | {"manifest": called(row.manifest.year, row.manifest.number)} for row in page.rows]
    return present({"items": items, "next": marked(page.after)})


@retention_disposals.get("/certificates/<uuid:item_id>")
@guarded(Permission.RETENTION_READ)
def read_certificate(item_id: UUID) -> Reply:
    """What remains of a disposal: what, why, by whose two words, when and how, with the entry of the log and its proof."""
    with work() as ctx:
        found = certificates.view(ctx, item_id)
        said = found.said | {
            "id": found.item.id,
            "reference": found.entry.reference,
            "manifest": called(found.manifest.year, found.manifest.number),
            "manifest_id": found.manifest.id,
            "entry": found.entry.number,
            "hash": found.entry.hash.hex(),
            "proof": found.proof,
        }
    return present(said)


def _hold(hold: RetentionHold) -> dict[str, Any]:
    return {
        "id": hold.id,
        "ground": hold.ground,
        "reach": hold.reach,
        "value": hold.value,
        "review_on": hold.review_on,
        "placed_by": hold.placed_by,
        "placed_at": hold.placed_at,
        "lifted_by": hold.lifted_by,
        "lifted_at": hold.lifted_at,
    }


def _manifest(manifest: DisposalManifest) -> dict[str, Any]:
    return {
        "id": manifest.id,
        "number": called(manifest.year, manifest.number),
        "status": manifest.status,
        "records": manifest.items,
        "digest": manifest.digest.hex(),
        "proposal_id": manifest.proposal_id,
        "proposed_by": manifest.proposed_by,
        "proposed_at": manifest.proposed_at,
        "approved_by": manifest.approved_by,
        "approved_at": manifest.approved_at,
        "instruct_from": manifest.instruct_from,
    }


def _line(item: DisposalItem) -> dict[str, Any]:
    return {
        "id": item.id,
        "reference": item.reference,
        "groups": [int(each) for each in item.groups.split()],
        "rule": item.rule,
        "minimum_ended_on": item.minimum_ended_on,
        "status": item.status,
        "left_out": item.left_out,
        "instructed_at": item.instructed_at,
        "chased_on": item.chased_on,
        "confirmed_at": item.confirmed_at,
        "disposed_on": item.disposed_on,
        "method": item.method,
        "certificate": item.certificate,
    }
