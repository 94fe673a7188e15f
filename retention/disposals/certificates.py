"""The certificate of a disposal: what went, why, by whose two words, when and how, with the log's proof (RET-8).

It holds no personal data: an opaque reference, a rule and dates. It rests on the entry of the log, and not on the row.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from audit import sealing
from audit.models import AuditEntry
from audit.record import record
from compliance.identity import queries as identity
from compliance.kernel.clock import said_day
from compliance.kernel.context import Context
from compliance.kernel.errors import NotFound
from compliance.papers.documents import Document, Section
from policies.access import require
from policies.permissions import Permission

from .events import CertificateTaken, DisposalConfirmed
from .models import DisposalItem, DisposalManifest

METHOD_WORDS = {
    "erased": "Erased",
    "overwritten": "Overwritten",
    "destroyed": "Destroyed with what it was kept on",
    "anonymised": "Made anonymous",
}
_HOW = (
    "This file carries the service's own electronic signature (PAdES). The entry below stands in the log under the signed "
    "checkpoint beside it: audit/offline.py of the service's source checks that, with no network and no database."
)


@dataclass(frozen=True)
class Certified:
    """A disposal with the entry it rests on, that entry's proof where it is sealed already, and the manifest's number."""

    item: DisposalItem
    manifest: DisposalManifest
    entry: AuditEntry
    said: dict[str, Any]
    proof: str | None


def certified(ctx: Context, item_id: UUID) -> Certified:
    """What is certified of a disposal; raises NotFound for one that is not confirmed, Forbidden."""
    require(ctx, Permission.RETENTION_READ)
    item = ctx.session.get(DisposalItem, item_id)
    if item is None or item.certificate is None:
        raise NotFound()
    entry = ctx.session.scalars(
        select(AuditEntry).where(AuditEntry.subject_id == str(item.id), AuditEntry.event == DisposalConfirmed.name)
    ).one()
    proof = sealing.prove(ctx.session.connection(), entry.number)
    return Certified(
        item, ctx.session.get_one(DisposalManifest, item.manifest_id), entry, json.loads(entry.detail),
        proof.written if proof else None,
    )  # fmt: skip


def certify(ctx: Context, item_id: UUID) -> Document:
    """The certificate as a document; that it was taken away is recorded. Raises as `certified`."""
    found = certified(ctx, item_id)
    document = _document(ctx, found)

    record(ctx, CertificateTaken(subject=item_id, entry=found.entry.number))
    return document


def _document(ctx: Context, found: Certified) -> Document:
    said, base = found.said, ctx.house.settings.base_url
    people = identity.names_of(ctx, [said["proposed_by"], said["approved_by"]])
    number = said["certificate"]
    facts = [
        ("Record", found.entry.reference or ""),
        ("Why", f"{_over(said['minimum_ended_on'])} ({said['rule']})"),
        ("Proposed by", people.get(said["proposed_by"], said["proposed_by"])),
        ("Agreed to by", people.get(said["approved_by"], said["approved_by"])),
        ("How", METHOD_WORDS[said["method"]]),
        ("Disposed of on", said_day(date.fromisoformat(said["disposed_on"]))),
        ("Confirmed by", f"The case system ({found.entry.actor_id})"),
        ("Manifest", f"{found.manifest.year}/{found.manifest.number}, SHA-256 {said['digest']}"),
    ]
    log = [
        ("Entry of the audit log", str(found.entry.number)),
        ("Hash of that entry (SHA-256)", found.entry.hash.hex()),
    ]
    proof = (
        Section("Proof from the audit log", says=(_HOW,), facts=log, verbatim=found.proof)
        if found.proof
        else Section(
            "Proof from the audit log",
            says=("The log is sealed within a minute: take the certificate again then.",),
            facts=log,
        )
    )
    return Document(
        title=f"Certificate of disposal {number}",
        stem=f"disposal-{number}",
        produced_at=ctx.now(),
        address=f"{base}/retention/certificates/{found.item.id}",
        says=("This is what remains of a record that was disposed of. It holds no personal data.",),
        sections=(Section("What was disposed of", facts=facts), proof),
    )


def _over(ended_on: str | None) -> str:
    """Where an age decided it, the day is not told: it would tell a date of birth."""
    if ended_on is None:
        return "Its minimum period was over: its subject had reached the age that the rule names"
    return f"Its minimum period was over on {said_day(date.fromisoformat(ended_on))}"
