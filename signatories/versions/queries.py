"""Each instrument with its versions, and for each version who has signed it (SIG-4, SIG-5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select

from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid
from policies.access import require
from policies.permissions import Permission
from signatories import queries
from signatories.facts import OrganisationFacts
from signatories.models import Instrument, InstrumentVersion, Signature
from signatories.rules import State


class Turn(StrEnum):
    """Where a version stands among those of its instrument."""

    COMING = "takes_effect"
    IN_FORCE = "in_force"
    REPLACED = "replaced"


@dataclass(frozen=True)
class VersionRow:
    """A version: where it stands, how many have signed it and how many have not, and the days left to do so."""

    version: InstrumentVersion
    turn: Turn
    signed: int
    waiting: int
    days_left: int | None


@dataclass(frozen=True)
class InstrumentRow:
    """An instrument and its versions, the newest first."""

    instrument: Instrument
    versions: tuple[VersionRow, ...]


@dataclass(frozen=True)
class SignerRow:
    """One organisation before one version: where it stands with the instrument, and its signature of this version."""

    organisation: OrganisationFacts
    state: State
    signature: Signature | None


SIGNED, NOT_YET = "signed", "not_yet"

SORTS: dict[str, Callable[[SignerRow], Any]] = {
    "name": lambda row: row.organisation.name.casefold(),
    "state": lambda row: row.state.value,
    "signed_at": lambda row: row.signature.signed_at.isoformat() if row.signature else "",
}


def instruments(ctx: Context) -> list[InstrumentRow]:
    """Every instrument with its versions; whoever has withdrawn counts neither as signed nor as waiting."""
    require(ctx, Permission.REGISTER_READ)
    today = london_date(ctx.now())
    standing = queries.facts(ctx)
    by_instrument: dict[UUID, list[InstrumentVersion]] = {}
    kept = {each.id: each for each in ctx.session.scalars(select(Instrument).order_by(Instrument.code))}
    for version in queries.versions(ctx):
        by_instrument.setdefault(version.instrument_id, []).append(version)
    return [
        InstrumentRow(
            instrument,
            tuple(reversed([_row(each, known, standing, today) for each in known])),
        )
        for instrument in kept.values()
        for known in [by_instrument.get(instrument.id, [])]
    ]


def version_row(ctx: Context, version_id: UUID) -> VersionRow:
    """One version; raises NotFound."""
    version = queries.version(ctx, version_id)
    known = [each for each in queries.versions(ctx) if each.instrument_id == version.instrument_id]
    return _row(version, known, queries.facts(ctx), london_date(ctx.now()))


def signers(
    ctx: Context, version_id: UUID, *, search: str | None = None, who: str | None = None, sort: str = "name"
) -> list[SignerRow]:
    """Every organisation before one version, those that signed it, or those that have not yet; raises NotFound."""
    require(ctx, Permission.REGISTER_READ)
    if who not in (None, SIGNED, NOT_YET):
        raise Invalid.at("/who", f"Choose one of these: {SIGNED}, {NOT_YET}.")
    if sort.removeprefix("-") not in SORTS:
        raise Invalid.at("/sort", f"Sort by one of these: {', '.join(SORTS)}.")
    version = queries.version(ctx, version_id)
    made = {
        each.organisation_id: each
        for each in ctx.session.scalars(
            select(Signature).where(
                Signature.version_id == version.id, Signature.ended_at.is_(None), Signature.superseded_at.is_(None)
            )
        )
    }
    needle = (search or "").strip().casefold()
    rows = [
        SignerRow(found, found.instruments[version.instrument.code].state, made.get(found.id))
        for found in queries.facts(ctx).values()
        if needle in f"{found.name}\n{found.code}".casefold() and (who is None or (found.id in made) == (who == SIGNED))
    ]
    rows.sort(key=SORTS["name"])
    rows.sort(key=SORTS[sort.removeprefix("-")], reverse=sort.startswith("-"))
    return rows


def _row(
    version: InstrumentVersion,
    known: list[InstrumentVersion],
    standing: Mapping[UUID, OrganisationFacts],
    today: date,
) -> VersionRow:
    begun = [each for each in known if each.effective_on <= today]
    turn = Turn.COMING if version not in begun else Turn.IN_FORCE if version is begun[-1] else Turn.REPLACED
    code = version.instrument.code
    signed = sum(version.id in found.signed for found in standing.values())
    waiting = sum(
        version.id not in found.signed and found.instruments[code].state is not State.WITHDRAWN
        for found in standing.values()
    )
    left = (version.resign_by - today).days if version.resign_by else None
    return VersionRow(version, turn, signed, 0 if turn is Turn.REPLACED else waiting, left)
