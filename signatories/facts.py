"""What the registers say of every organisation at an instant, read in a fixed number of statements.

The checklist of a licence and the decisions both stand on this; it is made of columns, not of loaded rows,
so it costs the same number of statements for one organisation as for all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from compliance.kernel.clock import end_of, start_of

from . import rules
from .models import (
    Instrument,
    InstrumentVersion,
    KeyContact,
    Organisation,
    OrganisationArea,
    OrganisationDomain,
    PolicyDocument,
    Signature,
    SigningRefusal,
    Withdrawal,
)
from .rules import InstrumentCell, SignatureFact, State, VersionFact

Store = Connection | Session
Columns = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    """One organisation at an instant.

    `failing` holds the rules by which it is not a signatory of what it must have signed, in the order of the
    required instruments; empty for a signatory. `until` is the next instant at which that may change without
    anybody acting. `policies` gives each current policy's next review day, `contacts` the kinds that are filled.
    `since` is the earliest instant the register knows it from.
    """

    id: UUID
    code: str
    name: str
    sector: str
    kind: str
    takes_licences: bool
    since: datetime
    areas: frozenset[str]
    domains: frozenset[str]
    policies: Mapping[str, date]
    contacts: frozenset[str]
    instruments: Mapping[str, InstrumentCell]
    state: State
    failing: tuple[str, ...]
    until: datetime | None

    @property
    def signatory(self) -> bool:
        return not self.failing

    def in_force(self, code: str) -> bool:
        """Whether a signature of this instrument is in force."""
        return code in self.instruments and self.instruments[code].in_force

    @property
    def withdrawn(self) -> bool:
        return self.state is State.WITHDRAWN


def standings(
    store: Store, at: datetime, organisation_ids: Collection[UUID] | None = None, *, required: Sequence[str]
) -> dict[UUID, OrganisationFacts]:
    """Every organisation's facts at `at`, or those of some; `required` are the instruments LIC-1 asks for."""
    found = _Reading(store, organisation_ids)
    versions = version_facts(store)
    signatures = found.grouped(_signatures(at), Signature.organisation_id)
    refusals = found.grouped(_open_refusals(at), SigningRefusal.organisation_id)
    withdrawals = found.grouped(_withdrawals(at), Withdrawal.organisation_id)
    areas = found.grouped(select(OrganisationArea.area), OrganisationArea.organisation_id)
    domains = found.grouped(select(OrganisationDomain.domain), OrganisationDomain.organisation_id)
    policies = found.grouped(_policies(at), PolicyDocument.organisation_id)
    contacts = found.grouped(_contacts(at), KeyContact.organisation_id)

    facts = {}
    for row in found.organisations():
        signed = [(line.instrument, _signature(line)) for line in signatures[row.id]]
        cells = {
            code: rules.judge(
                versions.get(code, ()),
                [signature for instrument, signature in signed if instrument == code],
                refused=any(refusal.code == code for refusal in refusals[row.id]),
                withdrawn_at=_last_withdrawal(code, withdrawals[row.id]),
                at=at,
            )
            for code in dict.fromkeys([*required, *versions])
        }
        state, failing, until = _verdict(cells, required)
        facts[row.id] = OrganisationFacts(
            id=row.id,
            code=row.code,
            name=row.name,
            sector=row.sector,
            kind=row.kind,
            takes_licences=row.takes_licences,
            since=min([row.created_at, *(signature.signed_at for _, signature in signed)]),
            areas=frozenset(line.area for line in areas[row.id]),
            domains=frozenset(line.domain for line in domains[row.id]),
            policies={line.kind: line.next_review_on for line in policies[row.id]},
            contacts=frozenset(line.kind for line in contacts[row.id]),
            instruments=cells,
            state=state,
            failing=failing,
            until=until,
        )
    return facts


def version_facts(store: Store) -> dict[str, list[VersionFact]]:
    """The versions of each instrument, by its code, in the order in which they take effect."""
    rows = store.execute(
        select(
            Instrument.code,
            InstrumentVersion.id,
            InstrumentVersion.label,
            InstrumentVersion.effective_on,
            InstrumentVersion.resign_by,
        )
        .join(Instrument, Instrument.id == InstrumentVersion.instrument_id)
        .order_by(InstrumentVersion.effective_on, InstrumentVersion.published_at)
    )
    versions: dict[str, list[VersionFact]] = defaultdict(list)
    for row in rows:
        resign_until = end_of(row.resign_by) if row.resign_by else None
        versions[row.code].append(VersionFact(row.id, row.label, start_of(row.effective_on), resign_until))
    return dict(versions)


class _Reading:
    """One look at the store, for all organisations or for some."""

    def __init__(self, store: Store, organisation_ids: Collection[UUID] | None) -> None:
        self._store = store
        self._ids = None if organisation_ids is None else list(organisation_ids)

    def organisations(self) -> Iterable[Row[Any]]:
        statement = select(
            Organisation.id,
            Organisation.code,
            Organisation.name,
            Organisation.sector,
            Organisation.kind,
            Organisation.takes_licences,
            Organisation.created_at,
        ).order_by(Organisation.name, Organisation.code)
        return self._store.execute(self._narrowed(statement, Organisation.id))

    def grouped(self, statement: Columns, owner: InstrumentedAttribute[UUID]) -> dict[UUID, list[Row[Any]]]:
        rows: dict[UUID, list[Row[Any]]] = defaultdict(list)
        for row in self._store.execute(self._narrowed(statement.add_columns(owner.label("owner")), owner)):
            rows[row.owner].append(row)
        return rows

    def _narrowed(self, statement: Columns, owner: InstrumentedAttribute[UUID]) -> Columns:
        return statement if self._ids is None else statement.where(owner.in_(self._ids))


def _signatures(at: datetime) -> Columns:
    return (
        select(
            Instrument.code.label("instrument"),
            Signature.id,
            Signature.version_id,
            InstrumentVersion.label.label("version"),
            Signature.signed_name,
            Signature.signed_role,
            Signature.method,
            Signature.signed_at,
            Signature.ended_at,
        )
        .join(InstrumentVersion, InstrumentVersion.id == Signature.version_id)
        .join(Instrument, Instrument.id == Signature.instrument_id)
        .where(Signature.signed_at <= at)
    )


def _open_refusals(at: datetime) -> Columns:
    return (
        select(Instrument.code)
        .join(Instrument, Instrument.id == SigningRefusal.instrument_id)
        .where(SigningRefusal.refused_at <= at, or_(SigningRefusal.ended_at.is_(None), SigningRefusal.ended_at > at))
    )


def _withdrawals(at: datetime) -> Columns:
    return select(Withdrawal.instruments, Withdrawal.effective_at).where(Withdrawal.effective_at <= at)


def _policies(at: datetime) -> Columns:
    return select(PolicyDocument.kind, PolicyDocument.next_review_on).where(
        PolicyDocument.recorded_at <= at, or_(PolicyDocument.replaced_at.is_(None), PolicyDocument.replaced_at > at)
    )


def _contacts(at: datetime) -> Columns:
    return select(KeyContact.kind).where(
        KeyContact.since <= at, or_(KeyContact.ended_at.is_(None), KeyContact.ended_at > at)
    )


def _signature(row: Row[Any]) -> SignatureFact:
    return SignatureFact(
        row.id, row.version_id, row.version, row.signed_name, row.signed_role, row.method, row.signed_at, row.ended_at
    )


def _last_withdrawal(instrument: str, rows: Iterable[Row[Any]]) -> datetime | None:
    return max((row.effective_at for row in rows if instrument in row.instruments.split()), default=None)


def _verdict(
    cells: Mapping[str, InstrumentCell], required: Sequence[str]
) -> tuple[State, tuple[str, ...], datetime | None]:
    asked = [cells[code] for code in required]
    failing = tuple(dict.fromkeys(cell.rule for cell in asked if cell.rule is not None))
    until = min((cell.until for cell in asked if cell.until is not None), default=None)
    return rules.gravest(cell.state for cell in asked), failing, until
