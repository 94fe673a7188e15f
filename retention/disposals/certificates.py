"""The certificate of a disposal: what went, why, by whose two words, when and how, with the log's proof (RET-8).

It holds no personal data: an opaque reference, a rule and dates. It rests on the entry of the log, and not on the row.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from audit import sealing
from audit.models import AuditEntry
from audit.record import record
from compliance.decisions.exceptions.queries import none_kept
from compliance.identity.models import RoleHeld
from compliance.identity.rules import ROLE_NAMES
from compliance.kernel.clock import said_day
from compliance.kernel.context import Context
from compliance.kernel.finding import the_one
from compliance.kernel.ids import parse_id
from compliance.papers.documents import Document, Section
from policies.access import Access, require
from policies.permissions import Permission

from .events import (
    CertificateTaken,
    CertificateViewed,
    DisposalApproved,
    DisposalConfirmed,
    DisposalInstructed,
    DisposalProposed,
)
from .models import DisposalItem, DisposalManifest
from .rules import called

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
    item, entry = _found(ctx, item_id)
    proof = sealing.prove(ctx.session.connection(), entry.number)
    return Certified(
        item, ctx.session.get_one(DisposalManifest, item.manifest_id), entry, json.loads(entry.detail),
        proof.written if proof else None,
    )  # fmt: skip


def issued(ctx: Context) -> ColumnElement[bool]:
    """The condition that something is a certificate, and of no case that the actor is kept from (DEC-6)."""
    return and_(DisposalItem.certificate.is_not(None), none_kept(ctx, DisposalItem.reference))


def view(ctx: Context, item_id: UUID) -> Certified:
    """Show what is certified, and keep that it was shown. Raises as `certified`."""
    found = certified(ctx, item_id)
    record(ctx, CertificateViewed(subject=item_id, entry=found.entry.number))
    return found


def certify(ctx: Context, item_id: UUID) -> Document:
    """The certificate as a document; that it was taken away is recorded. Raises as `certified`."""
    found = certified(ctx, item_id)
    record(ctx, CertificateTaken(subject=item_id, entry=found.entry.number, form="pdf"))
    return document(ctx, found)


def prove(ctx: Context, item_id: UUID) -> tuple[int, list[int]]:
    """The certificate's number, and the entries of the log that prove it: proposed, agreed to, instructed, confirmed.

    That they were taken away is recorded. Raises as `certified`.
    """
    item, entry = _found(ctx, item_id)
    steps = (DisposalProposed.name, DisposalApproved.name, DisposalInstructed.name)
    numbers = [each.number for each in _entries(ctx, item.manifest_id, *steps)]

    record(ctx, CertificateTaken(subject=item_id, entry=entry.number, form="zip"))
    return json.loads(entry.detail)["certificate"], [*numbers, entry.number]


def who(ctx: Context, actor_id: str, permission: Permission, at: datetime) -> str:
    """Somebody of the hub as a certificate tells of them: the role that let them do it then, and the number of their account."""
    roles = [role for role, granted in ctx.the(Access).table.items() if (permission.value, "hub") in granted]
    held = select(RoleHeld.role).where(
        RoleHeld.person_id == parse_id(actor_id), RoleHeld.role.in_(roles), RoleHeld.granted_at <= at,
        or_(RoleHeld.ended_at.is_(None), RoleHeld.ended_at >= at),
    ).order_by(RoleHeld.granted_at)  # fmt: skip
    names = [ROLE_NAMES.get(role, role) for role in dict.fromkeys(ctx.session.scalars(held))]
    return f"{' and '.join(names) or 'Somebody of the hub'}, account {actor_id}"


def _found(ctx: Context, item_id: UUID) -> tuple[DisposalItem, AuditEntry]:
    """A certificate with the entry of the log that it rests on."""
    require(ctx, Permission.RETENTION_READ)
    item = the_one(ctx, select(DisposalItem).where(DisposalItem.id == item_id, issued(ctx)))
    *_, entry = _entries(ctx, item.id, DisposalConfirmed.name)
    return item, entry


def _entries(ctx: Context, subject_id: UUID, *events: str) -> list[AuditEntry]:
    """What the log says of this, in its order."""
    wanted = select(AuditEntry).where(AuditEntry.subject_id == str(subject_id), AuditEntry.event.in_(events))
    return list(ctx.session.scalars(wanted.order_by(AuditEntry.number)))


def document(ctx: Context, found: Certified) -> Document:
    """The certificate set out: the same on its page and on paper."""
    said, manifest, base = found.said, found.manifest, ctx.house.settings.base_url
    number = said["certificate"]
    facts = [
        ("Record", found.entry.reference or ""),
        ("Why", f"{over(found)} ({said['rule']})"),
        ("Proposed by", who(ctx, said["proposed_by"], Permission.DISPOSAL_PROPOSE, manifest.proposed_at)),
        (
            "Agreed to by",
            who(ctx, said["approved_by"], Permission.DISPOSAL_APPROVE, manifest.approved_at or manifest.proposed_at),
        ),
        ("How", METHOD_WORDS[said["method"]]),
        ("Disposed of on", said_day(date.fromisoformat(said["disposed_on"]))),
        ("Confirmed by", f"The case system ({found.item.confirmed_by})"),
        ("Manifest", f"{called(manifest.year, manifest.number)}, SHA-256 {said['digest']}"),
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


def over(found: Certified) -> str:
    """Why it could go. Where an age decided it, the day is not told: it would tell a date of birth."""
    ended_on = found.said["minimum_ended_on"]
    if ended_on is None:
        return "Its minimum period was over: its subject had reached the age that the rule names"
    return f"Its minimum period was over on {said_day(date.fromisoformat(ended_on))}"
