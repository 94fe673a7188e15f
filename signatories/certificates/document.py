"""A certificate in words: what was signed, by whom, when and how, and by what it can be checked (SIG-2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from compliance.kernel.clock import london_date, said_day, said_time
from compliance.kernel.context import Context
from compliance.papers.documents import Document, Section
from signatories.rules import Method, State

from .queries import Certified

METHODS = {
    Method.ONLINE: "In this service, after a fresh code, with the text open",
    Method.PAPER: "On paper; the hub recorded it with its scan",
}
STATES = {
    State.SIGNED: "signed",
    State.UNSIGNED: "not signed",
    State.LAPSED: "lapsed",
    State.REFUSED: "refused",
    State.WITHDRAWN: "withdrawn",
}
_HOW = (
    "This file carries the service's own electronic signature (PAdES). How to check it, and the certificate to check it "
    "with, stand at {address}/certificates. Changing anything in this file breaks it."
)


def certificate(ctx: Context, found: Certified) -> Document:
    """The certificate of a signature as the register has it at this instant."""
    base = ctx.house.settings.base_url
    instrument = found.version.instrument
    return Document(
        title=f"Certificate of signature: {found.organisation.name}, {instrument.title} version {found.version.label}",
        stem=f"certificate-{found.organisation.code}-{instrument.code}",
        produced_at=ctx.now(),
        address=f"{base}/organisations/{found.organisation.id}",
        says=("This is what the register of signatories holds on one signature.", *_now(ctx, found)),
        sections=(
            Section("What was signed", facts=list(_what(found))),
            Section("Who signed", facts=list(_who(found))),
            Section("Evidence", facts=list(_evidence(found))),
            *_proof(found),
            Section("How to check this certificate", says=(_HOW.format(address=base),)),
        ),
    )


def _now(ctx: Context, found: Certified) -> Iterator[str]:
    """How the register sees the signature at this instant: what ended or corrected it is never left out."""
    signature = found.signature
    at = _uk(ctx.now())
    if signature.superseded_at is not None:
        yield f"This entry was found wrong, and is not believed since {_uk(signature.superseded_at)} (SIG-3)."
        if found.replaced_by is not None:
            yield f"Entry {found.replaced_by.id} took its place."
        else:
            yield "Nothing took its place."
        return
    if signature.corrects_id is not None:
        yield f"This entry corrects entry {signature.corrects_id} (SIG-3)."
    if signature.ended_at is not None:
        yield f"This signature ended on {_uk(signature.ended_at)}: {signature.end_reason or 'ended'}."
    elif found.in_force:
        until = f", and holds until {_uk(found.cell.until)}" if found.cell.until else ""
        yield f"This signature is in force at {at}{until}."
    else:
        yield f"This signature is not in force at {at}: the organisation stands as {STATES[found.cell.state]}."


def _what(found: Certified) -> Iterator[tuple[str, str]]:
    yield "Organisation", found.organisation.name
    yield "Instrument", found.version.instrument.title
    yield "Version", found.version.label
    yield "In effect from", said_day(found.version.effective_on)
    yield "SHA-256 of the document", found.signature.document_sha256


def _who(found: Certified) -> Iterator[tuple[str, str]]:
    signature = found.signature
    yield "Signed by", signature.signed_name
    yield "Role", signature.signed_role
    yield "Signed, UK local time", _uk(signature.signed_at)
    yield "Signed, UTC", _utc(signature.signed_at)
    yield "Method", METHODS[Method(signature.method)]
    yield "Put on the register", _uk(signature.recorded_at)


def _evidence(found: Certified) -> Iterator[tuple[str, str]]:
    yield "Entry of the register", str(found.signature.id)
    yield "Seal over the evidence (SHA-256)", found.seal
    if found.scan is not None:
        yield "SHA-256 of the scan", found.scan.sha256
    if found.entry is None:
        yield "Entry of the audit log", "None: this entry is older than the log"
        return
    yield "Entry of the audit log", f"{found.entry.number}"
    yield "Hash of that entry (SHA-256)", found.entry.hash.hex()


def _proof(found: Certified) -> Iterator[Section]:
    if found.entry is None:
        return
    if found.proof is None:
        words = "The log had not been sealed as far as this entry when this was produced. It is sealed within a minute."
        yield Section("Proof from the audit log", says=(words,))
        return
    words = "The entry stands in the log under this signed checkpoint. The log's format says how to check it."
    yield Section("Proof from the audit log", says=(words,), verbatim=found.proof)


def _uk(instant: datetime) -> str:
    return f"{said_day(london_date(instant))} at {said_time(instant)}"


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
