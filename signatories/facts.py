"""What the registers say of every organisation at an instant, read in a fixed number of statements.

The checklist of a licence and the decisions both stand on this; it is made of columns, not of loaded rows,
and costs two statements for one organisation as for all: one gives a row for each organisation, the other
everything that was ever signed, refused, ended or recorded beside them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Row,
    Select,
    String,
    Uuid,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.types import NullType, TypeEngine

from compliance.kernel.clock import end_of, start_of
from compliance.kernel.db import Instant

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
Column = ColumnElement[Any] | InstrumentedAttribute[Any]


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    """One organisation at an instant.

    `failing` holds the rules by which it is not a signatory of what it must have signed, in the order of the
    required instruments; empty for a signatory. `until` is the next instant at which that may change without
    anybody acting. `policies` gives each current policy's next review day, `contacts` the kinds that are filled.
    `signed` are the versions with a signature that nobody has ended. `since` is the earliest instant the register
    knows it from.
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
    signed: frozenset[UUID]
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


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at the register: the versions of each instrument in the order they take effect, and the organisations."""

    versions: Mapping[str, list[VersionFact]]
    organisations: dict[UUID, OrganisationFacts]


def standings(
    store: Store, at: datetime, organisation_ids: Collection[UUID] | None = None, *, required: Sequence[str]
) -> dict[UUID, OrganisationFacts]:
    """Every organisation's facts at `at`, or those of some; `required` are the instruments LIC-1 asks for."""
    return read(store, at, organisation_ids, required=required).organisations


def read(
    store: Store, at: datetime, organisation_ids: Collection[UUID] | None = None, *, required: Sequence[str]
) -> Reading:
    """`standings`, together with the versions they were judged by."""
    ids = None if organisation_ids is None else list(organisation_ids)
    found: dict[str, dict[Any, list[Row[Any]]]] = {what: defaultdict(list) for what in _KINDS}
    for line in store.execute(_lines(at, ids)):
        found[line[0]][line[1]].append(line)
    versions = _in_order(found["version"][None])
    version_ids = {line.version_id: line.id for line in found["version"][None]}

    facts = {}
    for row in store.execute(_organisations(at, ids)):
        signed = [(line.code, _signature(line, version_ids)) for line in found["signature"][row.owner]]
        cells = {
            code: rules.judge(
                versions.get(code, ()),
                [signature for instrument, signature in signed if instrument == code],
                refused=any(refusal.code == code for refusal in found["refusal"][row.owner]),
                withdrawn_at=_last_withdrawal(code, found["withdrawal"][row.owner]),
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
            areas=_split(row.areas),
            domains=_split(row.domains),
            policies={line.code: line.day for line in found["policy"][row.owner]},
            contacts=_split(row.contacts),
            instruments=cells,
            signed=frozenset(signature.version_id for _, signature in signed if signature.ended_at is None),
            state=state,
            failing=failing,
            until=until,
        )
    return Reading(versions, facts)


def version_facts(store: Store) -> dict[str, list[VersionFact]]:
    """The versions of each instrument, by its code, in the order in which they take effect."""
    return _in_order(store.execute(_versions()))


_SHAPE: dict[str, TypeEngine[Any]] = {
    "code": String(), "id": Uuid(), "version_id": NullType(), "version": String(), "name": String(), "role": String(),
    "method": String(), "at": Instant(), "ended_at": Instant(), "day": Date(), "last_day": Date(),
}  # fmt: skip
"""What a line may say; each kind of line leaves the rest empty. A version is meant by its id as it is stored: making
an identifier of it for every signature would be a fifth of the work."""

_KINDS = ("version", "signature", "refusal", "withdrawal", "policy")


def _line(what: str, owner: Column | None, **says: Column) -> Columns:
    """One kind of line, in the shape of all of them. The owner is kept as it is stored: it only sorts lines."""
    return select(
        literal_column(f"'{what}'").label("what"),
        type_coerce(_nothing(NullType()) if owner is None else owner, NullType()).label("owner"),
        *(type_coerce(says.get(name, _nothing(kind)), kind).label(name) for name, kind in _SHAPE.items()),
    )


def _nothing(kind: TypeEngine[Any]) -> Column:
    return cast(null(), Uuid() if isinstance(kind, NullType) else kind)


def _lines(at: datetime, ids: Sequence[UUID] | None) -> Any:
    """Every version, and everything that these organisations, or all, did about them up to `at`."""

    def of(statement: Columns, owner: Column) -> Columns:
        return statement if ids is None else statement.where(owner.in_(ids))

    return union_all(
        _versions(),
        of(_signatures(at), Signature.organisation_id),
        of(_open_refusals(at), SigningRefusal.organisation_id),
        of(_withdrawals(at), Withdrawal.organisation_id),
        of(_policies(at), PolicyDocument.organisation_id),
    )


def _organisations(at: datetime, ids: Sequence[UUID] | None) -> Columns:
    """A row for each organisation, with what it has many of in one column each."""
    filled = KeyContact.since <= at, or_(KeyContact.ended_at.is_(None), KeyContact.ended_at > at)
    statement = select(
        Organisation.id,
        type_coerce(Organisation.id, NullType()).label("owner"),
        Organisation.code,
        Organisation.name,
        Organisation.sector,
        Organisation.kind,
        Organisation.takes_licences,
        Organisation.created_at,
        _joined(OrganisationArea.area, OrganisationArea.organisation_id).label("areas"),
        _joined(OrganisationDomain.domain, OrganisationDomain.organisation_id).label("domains"),
        _joined(KeyContact.kind, KeyContact.organisation_id, *filled).label("contacts"),
    ).order_by(Organisation.name, Organisation.code)
    return statement if ids is None else statement.where(Organisation.id.in_(ids))


_BETWEEN = "\n"
"""What no code of an area or of a contact and no domain holds."""


def _joined(
    column: InstrumentedAttribute[str], owner: InstrumentedAttribute[UUID], *fits: ColumnElement[bool]
) -> ColumnElement[Any]:
    return select(func.aggregate_strings(column, _BETWEEN)).where(owner == Organisation.id, *fits).scalar_subquery()


def _split(joined: str | None) -> frozenset[str]:
    return frozenset(joined.split(_BETWEEN)) if joined else frozenset()


def _versions() -> Columns:
    version = InstrumentVersion
    return _line(
        "version", None, code=Instrument.code, id=version.id, version_id=version.id, version=version.label, at=version.published_at,
        day=version.effective_on, last_day=version.resign_by,
    ).join(Instrument, Instrument.id == version.instrument_id)  # fmt: skip


def _in_order(rows: Iterable[Row[Any]]) -> dict[str, list[VersionFact]]:
    versions: dict[str, list[VersionFact]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.day, row.at)):
        resign_until = end_of(row.last_day) if row.last_day else None
        versions[row.code].append(VersionFact(row.id, row.version, start_of(row.day), resign_until))
    return dict(versions)


def _signatures(at: datetime) -> Columns:
    one = Signature
    return (
        _line(
            "signature", one.organisation_id, code=Instrument.code, id=one.id, version_id=one.version_id,
            version=InstrumentVersion.label, name=one.signed_name, role=one.signed_role, method=one.method,
            at=one.signed_at, ended_at=one.ended_at,
        )
        .join(InstrumentVersion, InstrumentVersion.id == one.version_id)
        .join(Instrument, Instrument.id == one.instrument_id)
        .where(one.signed_at <= at)
    )  # fmt: skip


def _open_refusals(at: datetime) -> Columns:
    return (
        _line("refusal", SigningRefusal.organisation_id, code=Instrument.code)
        .join(Instrument, Instrument.id == SigningRefusal.instrument_id)
        .where(SigningRefusal.refused_at <= at, or_(SigningRefusal.ended_at.is_(None), SigningRefusal.ended_at > at))
    )


def _withdrawals(at: datetime) -> Columns:
    return _line(
        "withdrawal", Withdrawal.organisation_id, code=Withdrawal.instruments, at=Withdrawal.effective_at
    ).where(Withdrawal.effective_at <= at)


def _policies(at: datetime) -> Columns:
    policy = PolicyDocument
    return _line("policy", policy.organisation_id, code=policy.kind, day=policy.next_review_on).where(
        policy.recorded_at <= at, or_(policy.replaced_at.is_(None), policy.replaced_at > at)
    )


def _signature(row: Row[Any], version_ids: Mapping[Any, UUID]) -> SignatureFact:
    return SignatureFact(
        row.id, version_ids[row.version_id], row.version, row.name, row.role, row.method, row.at, row.ended_at
    )


def _last_withdrawal(instrument: str, rows: Iterable[Row[Any]]) -> datetime | None:
    return max((row.at for row in rows if instrument in row.code.split()), default=None)


def _verdict(
    cells: Mapping[str, InstrumentCell], required: Sequence[str]
) -> tuple[State, tuple[str, ...], datetime | None]:
    asked = [cells[code] for code in required]
    failing = tuple(dict.fromkeys(cell.rule for cell in asked if cell.rule is not None))
    until = min((cell.until for cell in asked if cell.until is not None), default=None)
    return rules.gravest(cell.state for cell in asked), failing, until
