"""Certificates of signatures: what they say is what the register and the log hold, and who may have one (SIG-2)."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select, text

from audit import sealing
from audit.models import AuditEntry
from compliance.kernel.clock import london_date
from compliance.kernel.context import House
from compliance.kernel.db import WRITES
from compliance.kernel.errors import Forbidden, NotFound
from compliance.kernel.secrets import KeyRing
from compliance.papers.documents import Document
from compliance.papers.issuing import issue
from compliance.papers.signing import Verdict, check
from signatories import queries
from signatories.certificates import use_cases
from signatories.certificates.errors import EvidenceAltered
from signatories.models import Signature
from tests.builders.identity import Acting, someone
from tests.builders.papers import bare, text_of
from tests.builders.signatories import (
    COMMAND,
    a_signer,
    an_organisation,
    opens_and_signs,
    records_paper,
    the_instruments,
    withdraws,
)


@pytest.fixture
def swale(sqlite_house: House) -> UUID:
    the_instruments(sqlite_house)
    return an_organisation(sqlite_house, name="Swale #1 *Council*")


@pytest.fixture
def signature_id(sqlite_house: House, swale: UUID) -> UUID:
    return signed(sqlite_house, swale)


def signed(house: House, organisation_id: UUID, *, name: str = "Robin Vale") -> UUID:
    """A signature of the protocol, made in the service."""
    return opens_and_signs(house, a_signer(house, organisation_id), organisation_id, the_protocol(house), name=name)


def the_protocol(house: House) -> UUID:
    """Its version in force."""
    with house.reading(COMMAND) as ctx:
        version = queries.current_version(ctx, "op", london_date(ctx.now()))
    assert version is not None
    return version.id


def certified(house: House, signature_id: UUID, by: Acting | None = None) -> Document:
    """The certificate, as somebody is given it: an information governance officer unless told."""
    with house.work(*(by or someone(house, "ig_officer"))) as ctx:
        return use_cases.certify(ctx, signature_id)


def facts(document: Document) -> dict[str, str]:
    return {what: says for section in document.sections for what, says in section.facts}


@pytest.mark.rule("SIG-2")
def test_the_document_says_what_the_row_and_the_log_hold_and_checks_with_what_we_publish(
    sqlite_house: House, signature_id: UUID
) -> None:
    sealing.seal_all(sqlite_house)
    document = certified(sqlite_house, signature_id)
    file = issue(sqlite_house, document)

    with sqlite_house.reading(COMMAND) as ctx:
        row = ctx.session.get_one(Signature, signature_id)
        entry = ctx.session.scalars(select(AuditEntry).where(AuditEntry.subject_id == str(signature_id))).first()
        note = sealing.prove(ctx.session.connection(), entry.number if entry else -1)
    assert entry is not None
    assert note is not None
    said = text_of(file.content)
    for words in (
        "Swale #1 *Council*", "The protocol", row.signed_name, row.signed_role, row.document_sha256, entry.hash.hex(),
        "21 November 2026 at 10:00am", "2026-11-21 10:00:00.000000 UTC", "is in force", str(row.id), note.note,
        "The register itself is the definitive version: http://127.0.0.1:8000/organisations/",
    ):  # fmt: skip
        assert bare(words) in said, words
    assert facts(document)["Entry of the audit log"] == str(entry.number)
    assert check(file.content, sqlite_house.the(KeyRing).papers) is Verdict.WHOLE
    assert (file.file_name, file.media_type) == ("certificate-swale-op-2026-11-21.pdf", "application/pdf")


@pytest.mark.rule("SIG-2")
def test_a_signature_on_paper_is_certified_with_its_scan(sqlite_house: House, swale: UUID) -> None:
    paper = records_paper(sqlite_house, someone(sqlite_house, "hub_manager"), swale, the_protocol(sqlite_house))

    said = facts(certified(sqlite_house, paper.id))

    assert said["Method"].startswith("On paper")
    assert len(said["SHA-256 of the scan"]) == 64
    assert said["Signed, UK local time"] == "20 November 2026 at 11:59pm"
    assert said["Seal over the evidence (SHA-256)"]


@pytest.mark.rule("SIG-2", "SIG-6")
def test_that_a_signature_has_ended_is_said_first(sqlite_house: House, swale: UUID, signature_id: UUID) -> None:
    withdraws(sqlite_house, swale, instruments=("op",))

    assert "ended on 21 November 2026" in " ".join(certified(sqlite_house, signature_id).says)


@pytest.mark.rule("SIG-2", "AUD-3")
def test_a_row_that_is_not_what_the_log_sealed_is_not_certified(sqlite_house: House, signature_id: UUID) -> None:
    with sqlite_house.engine.execution_options(**{WRITES: True}).begin() as connection:
        guards = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'signatures'"
        for guard in connection.scalars(text(guards)).all():
            connection.execute(text(f"DROP TRIGGER {guard}"))
        connection.execute(text("UPDATE signatures SET signed_name = 'Somebody Else'"))

    with pytest.raises(EvidenceAltered):
        certified(sqlite_house, signature_id)


@pytest.mark.rule("SIG-2", "AUD-1")
def test_each_certificate_handed_out_is_in_the_log(sqlite_house: House, signature_id: UUID) -> None:
    who = someone(sqlite_house, "hub_coordinator")
    certified(sqlite_house, signature_id, who)

    with sqlite_house.reading(COMMAND) as ctx:
        entry = ctx.session.scalars(select(AuditEntry).where(AuditEntry.event == "signature.certified")).one()
    assert (entry.actor_id, entry.subject_id) == (who[0].id, str(signature_id))


@pytest.mark.rule("SIG-2", "ROL-4")
def test_the_own_organisation_the_hub_and_information_governance_have_it_and_for_others_there_is_none(
    sqlite_house: House, swale: UUID, signature_id: UUID
) -> None:
    thanet = an_organisation(sqlite_house, "thanet")

    for role in ("authorised_signatory", "delegate", "escalation_contact"):
        assert certified(sqlite_house, signature_id, someone(sqlite_house, role, organisation_id=swale))
        with pytest.raises(NotFound):
            certified(sqlite_house, signature_id, someone(sqlite_house, role, organisation_id=thanet))
    with pytest.raises(Forbidden):
        certified(sqlite_house, signature_id, someone(sqlite_house, "steering_member"))
    with pytest.raises(NotFound):
        certified(sqlite_house, swale)
