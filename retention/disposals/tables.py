"""Manifests, what is on one, what may be proposed, and the register of certificates, as files that leave the service (RET-8).

None of them holds personal data: opaque references, rules and dates, and no date that tells a birth.
"""

from __future__ import annotations

from collections.abc import Sequence

from compliance.kernel.context import Context
from compliance.kernel.tables import Table, day, moment

from .candidates import Candidate
from .listing import Issued, Listed
from .models import DisposalItem, DisposalManifest
from .rules import ItemStatus, called

_MANIFESTS = (
    "Manifest", "State", "Records", "Confirmed", "Left out", "Waiting for confirmation", "Proposed", "Proposed by",
    "Agreed", "Agreed to by", "Instructed from", "SHA-256",
)  # fmt: skip
_ITEMS = (
    "Record", "Groups", "Rule", "Minimum period over on", "State", "Left out because", "Instructed", "Asked after",
    "Hub told", "Confirmed", "Disposed of on", "Method", "Certificate",
)  # fmt: skip
_CANDIDATES = (
    "Record", "Kind of record", "Groups", "Organisation", "Rule", "Minimum period over on", "Decided", "In the way",
)  # fmt: skip
_CERTIFICATES = (
    "Certificate", "Record", "Groups", "Rule", "Minimum period over on", "Manifest", "SHA-256 of the manifest",
    "Proposed by", "Agreed to by", "Method", "Disposed of on", "Confirmed", "Confirmed by",
)  # fmt: skip


def of_manifests(ctx: Context, rows: Sequence[Listed], *, most: int | None = None) -> Table:
    """One line for each manifest."""
    lines = [
        (
            called(it.year, it.number),
            it.status,
            str(it.items),
            str(row.number(ItemStatus.CONFIRMED)),
            str(row.number(ItemStatus.LEFT_OUT)),
            str(row.number(ItemStatus.INSTRUCTED)),
            moment(it.proposed_at),
            row.names.get(it.proposed_by, it.proposed_by),
            moment(it.approved_at),
            row.names.get(it.approved_by or "", it.approved_by or ""),
            day(it.instruct_from),
            it.digest.hex(),
        )
        for row in rows
        for it in (row.manifest,)
    ]
    return Table("Disposals", "disposals", ctx.now(), _MANIFESTS, lines, _address(ctx, "disposals"), most, "Disposals")


def of_items(ctx: Context, manifest: DisposalManifest, items: Sequence[DisposalItem]) -> Table:
    """One line for each record on a manifest."""
    lines = [
        (
            item.reference,
            item.groups,
            item.rule,
            day(item.minimum_ended_on),
            item.status,
            item.left_out or "",
            moment(item.instructed_at),
            day(item.chased_on),
            day(item.escalated_on),
            moment(item.confirmed_at),
            day(item.disposed_on),
            item.method or "",
            str(item.certificate or ""),
        )
        for item in items
    ]
    name = called(manifest.year, manifest.number)
    address = _address(ctx, f"disposals/{manifest.id}")
    return Table(f"Manifest {name}", f"manifest-{name}", ctx.now(), _ITEMS, lines, address, None, "Manifest")


def of_candidates(ctx: Context, rows: Sequence[Candidate], *, most: int | None = None) -> Table:
    """One line for each record that a review decided to dispose of."""
    lines = [
        (
            row.record.reference,
            row.record.kind,
            row.record.groups,
            row.organisation or "",
            row.line.rule if row.line else "",
            day(row.line.minimum_ended_on) if row.line else "",
            moment(row.decided_at),
            row.obstacle.value if row.obstacle else "",
        )
        for row in rows
    ]
    address = _address(ctx, "disposals/ready")
    return Table(
        "Records to dispose of", "records-to-dispose-of", ctx.now(), _CANDIDATES, lines, address, most, "Records"
    )


def of_certificates(ctx: Context, rows: Sequence[Issued], *, most: int | None = None) -> Table:
    """One line for each certificate; the two people by the number of their account."""
    lines = [
        (
            str(row.item.certificate),
            row.item.reference,
            row.item.groups,
            row.item.rule,
            day(row.item.minimum_ended_on),
            called(row.manifest.year, row.manifest.number),
            row.manifest.digest.hex(),
            row.manifest.proposed_by,
            row.manifest.approved_by or "",
            row.item.method or "",
            day(row.item.disposed_on),
            moment(row.item.confirmed_at),
            row.item.confirmed_by or "",
        )
        for row in rows
    ]
    address = _address(ctx, "certificates")
    return Table("Certificates of disposal", "certificates-of-disposal", ctx.now(), _CERTIFICATES, lines, address, most)


def _address(ctx: Context, page: str) -> str:
    return f"{ctx.house.settings.base_url}/retention/{page}"
