"""Everything that is certified of a signature: its row, its place in the log, and how the register sees it now (SIG-2)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from audit import sealing
from audit.models import AuditEntry
from compliance.kernel.context import Context
from compliance.kernel.errors import NotFound
from policies.access import require
from policies.permissions import Permission
from signatories import evidence, queries
from signatories.challenges.events import SignatureCorrected
from signatories.events import InstrumentSigned
from signatories.facts import OrganisationFacts
from signatories.models import InstrumentVersion, Signature, Upload
from signatories.rules import InstrumentCell

from .errors import EvidenceAltered


@dataclass(frozen=True)
class Certified:
    """One signature with all that vouches for it.

    `seal` is the evidence's seal, computed from the row and held against the log; `entry` the log's entry by which
    it was made, and `proof` that this entry stands in the sealed log, where it is sealed already. `cell` is where the
    organisation stands with the instrument now, `replaced_by` the entry that corrected this one (SIG-3).
    """

    signature: Signature
    organisation: OrganisationFacts
    version: InstrumentVersion
    scan: Upload | None
    seal: str
    entry: AuditEntry | None
    proof: str | None
    cell: InstrumentCell
    replaced_by: Signature | None

    @property
    def in_force(self) -> bool:
        """Whether this very signature is the one that counts now."""
        return self.cell.in_force and self.cell.signature is not None and self.cell.signature.id == self.signature.id


def certified(ctx: Context, signature_id: UUID) -> Certified:
    """What is certified of a signature; NotFound beyond the asker's reach (ROL-4), EvidenceAltered where row and log differ."""
    signature = ctx.session.get(Signature, signature_id)
    if signature is None:
        raise NotFound()
    require(ctx, Permission.EVIDENCE_READ, organisation=signature.organisation_id)

    version = ctx.session.get_one(
        InstrumentVersion, signature.version_id, options=[joinedload(InstrumentVersion.instrument)]
    )
    scan = ctx.session.get(Upload, signature.scan_id) if signature.scan_id else None
    seal = evidence.seal(signature, scan=scan.sha256 if scan else None)
    entry = _entry(ctx, signature)
    if entry is not None and json.loads(entry.detail).get("evidence", seal) != seal:
        raise EvidenceAltered()
    organisation = queries.facts(ctx, [signature.organisation_id])[signature.organisation_id]
    proof = sealing.prove(ctx.session.connection(), entry.number) if entry else None
    return Certified(
        signature,
        organisation,
        version,
        scan,
        seal,
        entry,
        proof.written if proof else None,
        organisation.instruments[version.instrument.code],
        _replacement(ctx, signature),
    )


def _entry(ctx: Context, signature: Signature) -> AuditEntry | None:
    """The entry by which the signature came into the register: it was made, or it took the place of another (SIG-3)."""
    return ctx.session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.subject_id == str(signature.id),
            AuditEntry.event.in_((InstrumentSigned.name, SignatureCorrected.name)),
        )
        .order_by(AuditEntry.number)
        .limit(1)
    ).one_or_none()


def _replacement(ctx: Context, signature: Signature) -> Signature | None:
    if signature.superseded_at is None:
        return None
    return ctx.session.scalars(
        select(Signature).where(Signature.corrects_id == signature.id).order_by(Signature.recorded_at).limit(1)
    ).one_or_none()
