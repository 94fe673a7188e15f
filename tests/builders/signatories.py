"""Organisations, instruments and what was done about them, made by the use cases that make them in service."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from compliance.kernel.clock import london_date
from compliance.kernel.context import House, operator
from signatories import queries, use_cases
from signatories.models import Signature, Withdrawal
from tests.builders.identity import Acting, someone

COMMAND = operator("tests")
BOTH = ("isa", "op")


def a_pdf(says: str = "A letter") -> bytes:
    """The smallest thing that is a PDF and nothing else."""
    return f"%PDF-1.4\n% {says}\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n".encode()


def a_docx(extra: dict[str, bytes] | None = None, *, leave_out: Sequence[str] = ()) -> bytes:
    """A word processor's file with these entries besides the two it must have."""
    entries = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>", **(extra or {})}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            if name not in leave_out:
                archive.writestr(name, content)
    return buffer.getvalue()


def a_png(side: int = 1) -> bytes:
    """A square picture, black."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def a_jpeg(scan: bytes = b"\x12\xff\x00\x34\xff\xd0\x56") -> bytes:
    """A picture's frame, a scan and its end."""
    frame = b"\xff\xc0\x00\x0b\x08\x00\x01\x00\x01\x01\x01\x11\x00"
    return b"\xff\xd8\xff\xe0\x00\x04ab" + frame + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + scan + b"\xff\xd9"


def an_organisation(
    house: House,
    code: str = "swale",
    *,
    name: str | None = None,
    sector: str = "Local Authority Housing teams",
    areas: Sequence[str] = ("mid-kent",),
    kind: str = "standing",
    domains: Sequence[str] | None = None,
    takes_licences: bool = True,
) -> UUID:
    """A partner that has signed nothing. Its domain is `<code>-council.example`."""
    with house.work(COMMAND) as ctx:
        return use_cases.register_organisation(
            ctx,
            code=code,
            name=name or code.title(),
            sector=sector,
            kind=kind,
            areas=areas,
            domains=[f"{code}-council.example"] if domains is None else domains,
            takes_licences=takes_licences,
        ).id


def the_instruments(house: House, *, effective_on: date = date(2025, 4, 1)) -> dict[str, UUID]:
    """The agreement and the protocol, each in its first version: the ids of the versions."""
    with house.work(COMMAND) as ctx:
        use_cases.register_instrument(ctx, code="isa", title="The agreement", source="The partnership's list")
        use_cases.register_instrument(ctx, code="op", title="The protocol")
    return {code: a_version(house, code, "1", effective_on=effective_on) for code in BOTH}


def a_version(
    house: House, instrument: str, label: str, *, effective_on: date | None = None, resign_by: date | None = None
) -> UUID:
    """A version of an instrument, in effect from today unless told."""
    with house.work(COMMAND) as ctx:
        return use_cases.publish_version(
            ctx,
            instrument=instrument,
            label=label,
            file_name=f"{instrument}-{label}.pdf",
            content=a_pdf(f"{instrument} {label}"),
            effective_on=effective_on or london_date(house.clock.now()),
            resign_by=resign_by,
        ).id


def a_signer(house: House, organisation_id: UUID) -> Acting:
    """Somebody authorised to sign for an organisation, signed in, with a fresh code."""
    return someone(house, "authorised_signatory", organisation_id=organisation_id)


def opens_and_signs(
    house: House, signer: Acting, organisation_id: UUID, version_id: UUID, *, name: str = "Robin Vale"
) -> UUID:
    """The signer reads a version and signs it: the id of the signature."""
    with house.work(*signer) as ctx:
        use_cases.open_version(ctx, version_id)
    with house.work(*signer) as ctx:
        return use_cases.sign(ctx, organisation_id, version_id, name=name, role="Head of housing").id


def signs(house: House, organisation_id: UUID, *instruments: str, signer: Acting | None = None) -> Acting:
    """The organisation signs the versions in force of these instruments; of both, if none is named."""
    signer = signer or a_signer(house, organisation_id)
    for code in instruments or BOTH:
        with house.reading(COMMAND) as ctx:
            version = queries.current_version(ctx, code, london_date(house.clock.now()))
        assert version is not None
        opens_and_signs(house, signer, organisation_id, version.id)
    return signer


def a_signatory(house: House, code: str = "swale") -> UUID:
    """An organisation that has signed both instruments."""
    organisation_id = an_organisation(house, code)
    signs(house, organisation_id)
    return organisation_id


def withdraws(
    house: House,
    organisation_id: UUID,
    *,
    by: Acting | None = None,
    instruments: Sequence[str] = BOTH,
    letter_on: date | None = None,
    letter: bytes | None = None,
    acknowledged_by: str | None = "Robin Vale",
    effective_at: datetime | None = None,
) -> Withdrawal:
    """The organisation leaves, by a letter of today, now unless told when; the hub manager records it unless told who."""
    with house.work(*(by or someone(house, "hub_manager"))) as ctx:
        return use_cases.withdraw(
            ctx,
            organisation_id,
            instruments=instruments,
            letter_name="letter.pdf",
            letter=a_pdf() if letter is None else letter,
            letter_on=letter_on or london_date(house.clock.now()),
            reasons="We no longer take part.",
            acknowledged_by=acknowledged_by,
            effective_at=effective_at,
        )


def state_of(house: House, organisation_id: UUID, instrument: str) -> str:
    """Where the organisation stands with an instrument now."""
    with house.reading(COMMAND) as ctx:
        return queries.standing(ctx, organisation_id).of(instrument).state.value


def stranger_id() -> UUID:
    """The id of nothing at all."""
    return uuid4()


def sign(house: House, signer: Acting, organisation_id: UUID, version_id: UUID, **given: Any) -> Signature:
    """The signer signs, as Robin Vale unless told."""
    with house.work(*signer) as ctx:
        return use_cases.sign(ctx, organisation_id, version_id, **({"name": "Robin Vale", "role": "Head"} | given))


def records_paper(house: House, by: Acting, organisation_id: UUID, version_id: UUID, **given: Any) -> Signature:
    """Somebody of the hub records a signature of yesterday on paper, with its scan, unless told otherwise."""
    held: dict[str, Any] = {
        "name": "Robin Vale",
        "role": "Head",
        "signed_on": date(2026, 11, 20),
        "scan_name": "s.png",
        "scan": a_png(),
    }
    with house.work(*by) as ctx:
        return use_cases.record_paper_signature(ctx, organisation_id, version_id, **(held | given))
