"""What the registers say of every organisation at an instant, read in a fixed number of statements.

What *held* at an instant is one thing, when that was *known* another: an entry is known from when it was recorded
until a correction supersedes it (SIG-3). Asked with `known`, these tell what the register knew by then, and so
answer the same for ever; without it, all that it knows now.

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

from sqlalchemy import Connection, Row
from sqlalchemy.orm import Session

from compliance.kernel.clock import end_of, start_of
from policies.values import Policy

from . import lines, rules
from .rules import InstrumentCell, SignatureFact, State, VersionFact

Store = Connection | Session


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    """One organisation at an instant.

    `failing` holds the rules by which it is not a signatory of what it must have signed, in the order of the
    required instruments; empty for a signatory. `until` is the next instant at which that may change without
    anybody acting. `policies` gives each current policy's next review day, `contacts` the kinds that are filled.
    `signed` are the versions with a signature that nobody had ended. `since` is the earliest instant the register
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
    store: Store,
    at: datetime,
    organisation_ids: Collection[UUID] | None = None,
    *,
    policy: Policy,
    known: datetime | None = None,
) -> dict[UUID, OrganisationFacts]:
    """Every organisation's facts at `at`, or those of some, by the instruments and the areas of this policy (LIC-1)."""
    return read(store, at, organisation_ids, policy=policy, known=known).organisations


def read(
    store: Store,
    at: datetime,
    organisation_ids: Collection[UUID] | None = None,
    *,
    policy: Policy,
    known: datetime | None = None,
) -> Reading:
    """`standings`, together with the versions they were judged by."""
    required = policy.signatories.required_instruments
    ids = None if organisation_ids is None else list(organisation_ids)
    found: dict[str, dict[Any, list[Row[Any]]]] = {what: defaultdict(list) for what in lines.KINDS}
    for line in store.execute(lines.lines(at, known, ids)):
        found[line[0]][line[1]].append(line)
    versions = _in_order(found["version"][None])
    version_ids = {line.version_id: line.id for line in found["version"][None]}

    facts = {}
    for row in store.execute(lines.organisations(at, known, ids)):
        signed = [
            (line.code, _signature(line, version_ids))
            for line in found["signature"][row.owner]
            if line.version_id in version_ids
        ]
        cells = {
            code: rules.judge(
                versions.get(code, ()),
                [signature for instrument, signature in signed if instrument == code],
                refused=any(refusal.code == code for refusal in found["refusal"][row.owner]),
                withdrawals=[line.at for line in found["withdrawal"][row.owner] if code in line.code.split()],
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
            areas=frozenset(policy.areas_now(_split(row.areas))),
            domains=_split(row.domains),
            policies={line.code: line.day for line in found["policy"][row.owner]},
            contacts=_split(row.contacts),
            instruments=cells,
            signed=frozenset(signature.version_id for _, signature in signed if signature.lives(at)),
            state=state,
            failing=failing,
            until=until,
        )
    return Reading(versions, facts)


def version_facts(store: Store) -> dict[str, list[VersionFact]]:
    """The versions of each instrument, by its code, in the order in which they take effect."""
    return _in_order(store.execute(lines.versions()))


def _split(joined: str | None) -> frozenset[str]:
    return frozenset(joined.split(lines.BETWEEN)) if joined else frozenset()


def _in_order(rows: Iterable[Row[Any]]) -> dict[str, list[VersionFact]]:
    versions: dict[str, list[VersionFact]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.day, row.at)):
        resign_until = end_of(row.last_day) if row.last_day else None
        versions[row.code].append(VersionFact(row.id, row.version, start_of(row.day), resign_until))
    return dict(versions)


def _signature(row: Row[Any], version_ids: Mapping[Any, UUID]) -> SignatureFact:
    return SignatureFact(
        row.id, version_ids[row.version_id], row.version, row.name, row.role, row.method, row.at, row.ended_at
    )


def _verdict(
    cells: Mapping[str, InstrumentCell], required: Sequence[str]
) -> tuple[State, tuple[str, ...], datetime | None]:
    asked = [cells[code] for code in required]
    failing = tuple(dict.fromkeys(cell.rule for cell in asked if cell.rule is not None))
    until = min((cell.until for cell in asked if cell.until is not None), default=None)
    return rules.gravest(cell.state for cell in asked), failing, until
